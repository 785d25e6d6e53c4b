import { resolveShape, type Shape, type ShapeTable } from '../manifest/shape.js';

/** A shape together with the table that its names are in. */
export interface Typed<Of extends Shape = Shape> {
  readonly shape: Of;
  readonly types: ShapeTable;
}

/** A shape that is no name of another one. */
export type Plain = Exclude<Shape, { readonly kind: 'ref' }>;

/** Another shape of the same table. */
export function beside<Of extends Shape>({ types }: Typed, shape: Of): Typed<Of> {
  return { shape, types };
}

export function resolved({ shape, types }: Typed): Typed<Plain> {
  return { shape: resolveShape(shape, types), types };
}

/** What a comparison asks of itself about the parts. */
export interface Comparison {
  /** Whether every value of `source` is one of `target`. */
  assignable(source: Typed, target: Typed): boolean;
  /** Whether the two are written alike, parameters' names aside. */
  same(left: Typed, right: Typed): boolean;
}
