import { resolveShape, type Shape, type ShapeTable } from '../manifest/shape.js';

/** A shape together with the table that resolves its names. */
export interface Typed<Of extends Shape = Shape> {
  readonly shape: Of;
  readonly types: ShapeTable;
}

/** A shape that is not a reference to another one. */
export type Plain = Exclude<Shape, { readonly kind: 'ref' }>;

/** Returns another shape of the same table. */
export function beside<Of extends Shape>({ types }: Typed, shape: Of): Typed<Of> {
  return { shape, types };
}

export function resolved({ shape, types }: Typed): Typed<Plain> {
  return { shape: resolveShape(shape, types), types };
}

/** Comparisons that can be applied recursively to parts. */
export interface Comparison {
  /** Returns true when every value of `source` is one of `target`. */
  assignable(source: Typed, target: Typed): boolean;
  /** Returns true when the two are written alike, ignoring parameter names. */
  same(left: Typed, right: Typed): boolean;
}
