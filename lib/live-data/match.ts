import { inspect } from 'node:util';
import { childShape, type ContainerShape } from './child-shape.js';
import { eachChild } from './children.js';
import { kindOf } from './kind.js';
import type { LiveClasses } from './live-classes.js';
import type { Path } from './path.js';
import type { PrimitiveName, Shape, TupleElement } from './shape.js';

/** A value that is not of the type it should be. */
export interface Mismatch {
  readonly path: Path | undefined;
  /** The type, as text. */
  readonly expected: string;
  /** What is there: a kind like `Date`, or the value itself where only the value is wrong. */
  readonly got: string;
}

const platformClasses = new Set([
  'ArrayBuffer',
  'BigInt64Array',
  'BigUint64Array',
  'Buffer',
  'DataView',
  'Date',
  'Float16Array',
  'Float32Array',
  'Float64Array',
  'Int8Array',
  'Int16Array',
  'Int32Array',
  'LiveData',
  'RegExp',
  'Uint8Array',
  'Uint8ClampedArray',
  'Uint16Array',
  'Uint32Array',
  'URL',
  'URLSearchParams',
]);

/**
 * The first place where `value` is not of `shape`. A plain object passes for an instance of a live type: it is made
 * one afterwards. Names that nobody knows pass.
 */
export function mismatchOf(
  value: unknown,
  shape: Shape,
  path: Path | undefined,
  classes: LiveClasses,
): Mismatch | undefined {
  switch (shape.kind) {
    case 'any':
      return undefined;
    case 'union':
      return unionMismatch(value, shape, shape.members, path, classes);
    case 'intersection':
      return intersectionMismatch(value, shape.members, path, classes);
    case 'array':
    case 'tuple':
    case 'set':
    case 'map':
    case 'object':
      return isContainer(value, shape)
        ? childMismatch(value, shape, path, classes)
        : differs(value, shape, path);
    case 'primitive':
      return isPrimitive(value, shape.type) ? undefined : differs(value, shape, path);
    case 'literal':
      return value === shape.value ? undefined : differs(value, shape, path);
    case 'named':
      return isOfName(value, shape.name, classes) ? undefined : differs(value, shape, path);
    default:
      return shape satisfies never;
  }
}

/** The members of a union that `value` is of. */
export function membersOf(members: readonly Shape[], value: unknown, classes: LiveClasses): Shape[] {
  return members.filter((member) => !mismatchOf(value, member, undefined, classes));
}

function unionMismatch(
  value: unknown,
  shape: Shape,
  members: readonly Shape[],
  path: Path | undefined,
  classes: LiveClasses,
): Mismatch | undefined {
  const deeper: Mismatch[] = [];
  for (const member of members) {
    const mismatch = mismatchOf(value, member, path, classes);
    if (!mismatch) return undefined;
    if (mismatch.path !== path) deeper.push(mismatch);
  }
  // The one member that the value resembles says where it goes wrong.
  return deeper.length === 1 ? deeper[0] : differs(value, shape, path);
}

function intersectionMismatch(
  value: unknown,
  members: readonly Shape[],
  path: Path | undefined,
  classes: LiveClasses,
): Mismatch | undefined {
  // In `string & { readonly brand: 'Name' }` the brand is a fiction of the compiler.
  const primitives = members.filter(({ kind }) => kind === 'primitive' || kind === 'literal');
  for (const member of primitives.length > 0 ? primitives : members) {
    const mismatch = mismatchOf(value, member, path, classes);
    if (mismatch) return mismatch;
  }
  return undefined;
}

function childMismatch(
  value: object,
  shape: ContainerShape,
  path: Path | undefined,
  classes: LiveClasses,
): Mismatch | undefined {
  let found: Mismatch | undefined;
  const look = (child: unknown, at: Path): void => {
    const inside = childShape(shape, at, value);
    if (!found && inside) found = mismatchOf(child, inside, at, classes);
  };
  if (shape.kind === 'object') {
    for (const name of shape.fields.keys()) {
      // Also the fields that are not there: the type may need them.
      look((value as Record<string, unknown>)[name], { parent: path, kind: 'field', name });
    }
  }
  eachChild(value, path, look);
  return found;
}

function isContainer(value: unknown, shape: ContainerShape): value is object {
  switch (shape.kind) {
    case 'array':
      return Array.isArray(value);
    case 'tuple':
      return Array.isArray(value) && hasLengthOf(value, shape.elements);
    case 'set':
      return value instanceof Set;
    case 'map':
      return value instanceof Map;
    case 'object': {
      // `{}` is whatever is not null.
      if (shape.fields.size === 0 && !shape.rest) return value !== null && value !== undefined;
      const isBuiltIn = Array.isArray(value) || value instanceof Map || value instanceof Set;
      return isObject(value) && !isBuiltIn && !platformClasses.has(kindOf(value));
    }
    default:
      return shape satisfies never;
  }
}

function hasLengthOf(value: readonly unknown[], elements: readonly TupleElement[]): boolean {
  const needed = elements.filter(({ optional, rest }) => !optional && !rest).length;
  return value.length >= needed && (elements.some(({ rest }) => rest) || value.length <= elements.length);
}

function isPrimitive(value: unknown, type: PrimitiveName): boolean {
  if (type === 'null') return value === null;
  return type === 'object' ? isObject(value) : typeof value === type;
}

function isOfName(value: unknown, name: string, classes: LiveClasses): boolean {
  const live = classes.get(name);
  if (live) return value instanceof live.class || kindOf(value) === 'object';
  if (!platformClasses.has(name)) return true;
  return kindOf(value) === name || (name === 'Uint8Array' && Buffer.isBuffer(value));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function differs(value: unknown, shape: Shape, path: Path | undefined): Mismatch {
  const members = shape.kind === 'union' ? shape.members : [shape];
  const isOnlyTheValue = members.some(
    (member) => member.kind === 'literal' && typeof member.value === typeof value,
  );
  return { path, expected: shape.text, got: isOnlyTheValue ? inspect(value) : kindOf(value) };
}
