/**
 * A type as data: what a manifest says of whatever crosses a thread. Members and fields are sorted, so that two views of
 * one type are written alike, and nothing in it depends on what else was built.
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
  /** One of the {@link ShapeTable}: a declared type, a type that refers to itself, a live type of this plugin. */
  | { readonly kind: 'ref'; readonly name: string }
  /** A type parameter of an enclosing signature. */
  | { readonly kind: 'parameter'; readonly name: string }
  | OpaqueShape;

/** The types that are one word. */
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

/** One value; a bigint is written as its digits. Members of an enum say which: equal values of two enums are two types. */
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
  /** `...T[]`: any number of them, in this place. `shape` is that of one. */
  readonly rest?: true;
}

export interface ObjectShape {
  readonly kind: 'object';
  readonly fields: readonly FieldShape[];
  /** What fields without a name of their own hold, as in `Record<string, number>`. */
  readonly indexes?: readonly IndexShape[];
  /** Made by an interface or a class, which has no index signature unless it says so. */
  readonly declared?: true;
}

export interface FieldShape {
  readonly name: string;
  readonly shape: Shape;
  /** May be left out; `undefined` is not in `shape` then. */
  readonly optional?: true;
  /** A `private` or `protected` field of a class: it crosses, but nobody else can name it. */
  readonly hidden?: true;
}

export interface IndexShape {
  readonly key: Shape;
  readonly value: Shape;
}

export interface FunctionShape {
  readonly kind: 'function';
  /** One, or several overloads in their order. */
  readonly calls: readonly SignatureShape[];
}

export interface SignatureShape {
  readonly generics?: readonly GenericShape[];
  readonly parameters: readonly ParameterShape[];
  readonly result: Shape;
}

export interface GenericShape {
  readonly name: string;
  readonly extends?: Shape;
  readonly default?: Shape;
}

export interface ParameterShape {
  /** For people; it is not compared. */
  readonly name: string;
  readonly shape: Shape;
  readonly optional?: true;
  /** `shape` is that of the array or tuple which takes the rest. */
  readonly rest?: true;
}

/** A type of the language or of Node, by its name. */
export interface PlatformShape {
  readonly kind: 'platform';
  readonly name: string;
  readonly args?: readonly Shape[];
}

/** What data cannot say, such as a conditional type: it is the same only when it is written the same and made of the same parts. */
export interface OpaqueShape {
  readonly kind: 'opaque';
  readonly text: string;
  readonly parts?: readonly Shape[];
  /** What all its values are. */
  readonly base?: SimpleShape;
}

/** The shapes that a manifest's other shapes refer to, by name. */
export type ShapeTable = Readonly<Record<string, Shape>>;

/** The shape itself, behind any number of names; `unknown` for a name that the table has not. */
export function resolveShape(shape: Shape, table: ShapeTable): Exclude<Shape, { readonly kind: 'ref' }> {
  let found = shape;
  for (let steps = 0; typeof found === 'object' && found.kind === 'ref'; steps++) {
    if (steps > MAX_STEPS || !Object.hasOwn(table, found.name)) return 'unknown';
    found = table[found.name]!;
  }
  return found;
}

/** More names than this lead in a circle. */
const MAX_STEPS = 100;

/** The shape of what may be left out. */
export function optionalShape(shape: Shape): Shape {
  const members = typeof shape === 'object' && shape.kind === 'union' ? shape.members : [shape];
  return { kind: 'union', members: [...members, 'undefined'] };
}
