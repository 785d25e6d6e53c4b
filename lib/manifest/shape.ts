/**
 * A type as data: how a manifest describes values that cross a thread. Members and fields are sorted, so that a type has one
 * representation, and nothing in it depends on what else was built.
 */
export type Shape =
  | SimpleShape
  | LiteralShape
  | { readonly kind: 'union'; readonly members: readonly Shape[] }
  | { readonly kind: 'intersection'; readonly members: readonly Shape[] }
  | { readonly kind: 'array'; readonly element: Shape; readonly readonly?: true }
  | TupleShape
  | ObjectShape
  | FunctionShape
  | PlatformShape
  /** An entry of the {@link ShapeTable}: a declared type, a type that refers to itself, a live type of this plugin. */
  | { readonly kind: 'ref'; readonly name: string }
  /** A type parameter of an enclosing signature. */
  | { readonly kind: 'parameter'; readonly name: string }
  | OpaqueShape;

/** Types that are written as one word. */
export type SimpleShape =
  | 'any'
  | 'unknown'
  | 'never'
  | 'void'
  | 'undefined'
  | 'null'
  | 'string'
  | 'number'
  | 'bigint'
  | 'boolean'
  | 'symbol'
  | 'object';

/**
 * A single value; a bigint is written as its digits. Members of an enum include its name: equal values of two enums are different
 * types.
 */
export interface LiteralShape {
  readonly kind: 'literal';
  readonly value: string | number | boolean;
  readonly bigint?: true;
  readonly enum?: string;
}

export interface TupleShape {
  readonly kind: 'tuple';
  readonly elements: readonly TupleElement[];
  readonly readonly?: true;
}

export interface TupleElement {
  readonly shape: Shape;
  readonly optional?: true;
  /** `...T[]`: any number of elements at this position. `shape` is that of one. */
  readonly rest?: true;
}

export interface ObjectShape {
  readonly kind: 'object';
  readonly fields: readonly FieldShape[];
  /** Types of fields without a name of their own, as in `Record<string, number>`. */
  readonly indexes?: readonly IndexShape[];
  /** True for an interface or a class, which has no index signature unless it declares one. */
  readonly declared?: true;
}

export interface FieldShape {
  readonly name: string;
  readonly shape: Shape;
  /** True when it may be omitted; `undefined` is then not part of `shape`. */
  readonly optional?: true;
  /** True for a `private`, `protected` or `#private` field of a class: no other code can name it. */
  readonly hidden?: true;
  /**
   * Identifies the declaration of a field that is the same nowhere else: the class of a hidden field, or the file of the symbol
   * that is the field's name.
   */
  readonly origin?: string;
}

export interface IndexShape {
  readonly key: Shape;
  readonly value: Shape;
}

export interface FunctionShape {
  readonly kind: 'function';
  /** One signature, or several overloads in order. */
  readonly calls: readonly SignatureShape[];
}

export interface SignatureShape {
  readonly generics?: readonly GenericShape[];
  readonly parameters: readonly ParameterShape[];
  readonly result: Shape;
  /** The claim of a type guard, `value is string`, that its result makes about an argument. */
  readonly claim?: OpaqueShape;
}

export interface GenericShape {
  readonly name: string;
  readonly extends?: Shape;
  readonly default?: Shape;
}

export interface ParameterShape {
  /** Name for display only, which is not compared. */
  readonly name: string;
  readonly shape: Shape;
  readonly optional?: true;
  /** True for a rest parameter; `shape` is then that of its array or tuple. */
  readonly rest?: true;
}

/** A type of the language or of Node, by name. */
export interface PlatformShape {
  readonly kind: 'platform';
  readonly name: string;
  readonly args?: readonly Shape[];
}

/**
 * A type that cannot be described as data, such as a conditional type: two are equal only when their text and their parts are
 * equal.
 */
export interface OpaqueShape {
  readonly kind: 'opaque';
  readonly text: string;
  readonly parts?: readonly Shape[];
  /** Type that all values of the shape have. */
  readonly base?: SimpleShape;
}

/** Shapes by name that other shapes of a manifest refer to. */
export type ShapeTable = Readonly<Record<string, Shape>>;

/** Returns the shape behind any number of names; `unknown` for a name that is not in the table. */
export function resolveShape(shape: Shape, table: ShapeTable): Exclude<Shape, { readonly kind: 'ref' }> {
  let found = shape;
  for (let steps = 0; typeof found === 'object' && found.kind === 'ref'; steps++) {
    if (steps > MAX_STEPS || !Object.hasOwn(table, found.name)) return 'unknown';
    found = table[found.name]!;
  }
  return found;
}

/** Maximum number of names in a chain: a longer one must be circular. */
const MAX_STEPS = 100;

/** Returns the shape of a value that may be omitted. */
export function optionalShape(shape: Shape): Shape {
  const members = typeof shape === 'object' && shape.kind === 'union' ? shape.members : [shape];
  return { kind: 'union', members: [...members, 'undefined'] };
}

/** Returns the shape of what a field, an element or a parameter holds: `undefined` as well, if it may be omitted. */
export function heldShape({
  shape,
  optional,
}: {
  readonly shape: Shape;
  readonly optional?: boolean;
}): Shape {
  return optional ? optionalShape(shape) : shape;
}
