/** What the text of a type says of its values, as far as data goes. `text` is that part of the text. */
export type Shape = { readonly text: string } & ShapeKind;

export type ShapeKind =
  /** Nothing is known, or nothing is refused. */
  | { readonly kind: 'any' }
  | { readonly kind: 'primitive'; readonly type: PrimitiveName }
  | { readonly kind: 'literal'; readonly value: string | number | bigint | boolean }
  | { readonly kind: 'union'; readonly members: readonly Shape[] }
  | { readonly kind: 'intersection'; readonly members: readonly Shape[] }
  | { readonly kind: 'array'; readonly element: Shape }
  | { readonly kind: 'tuple'; readonly elements: readonly TupleElement[] }
  | { readonly kind: 'set'; readonly element: Shape }
  | { readonly kind: 'map'; readonly key: Shape; readonly value: Shape }
  /** `rest` is what fields without a name of their own hold, as in `Record<string, number>`. */
  | { readonly kind: 'object'; readonly fields: ReadonlyMap<string, Shape>; readonly rest: Shape | undefined }
  /** A class or interface by its name: one of the platform's, a live type, or one that is not known here. */
  | { readonly kind: 'named'; readonly name: string };

export type PrimitiveName =
  | 'string'
  | 'number'
  | 'bigint'
  | 'boolean'
  | 'symbol'
  | 'undefined'
  | 'null'
  | 'object';

export interface TupleElement {
  readonly shape: Shape;
  readonly optional: boolean;
  /** `...T[]`: any number of them, in this place. `shape` is that of one. */
  readonly rest: boolean;
}

/** The shape of what may be left out. */
export function optionalShape(shape: Shape): Shape {
  const members = shape.kind === 'union' ? shape.members : [shape];
  const left: Shape = { kind: 'primitive', type: 'undefined', text: 'undefined' };
  return { kind: 'union', members: [...members, left], text: shape.text };
}
