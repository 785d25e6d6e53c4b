import { isObject } from '../core/is-object.js';
import { inspect } from 'node:util';
import type { LiteralShape, Shape, SimpleShape, TupleElement } from '../manifest/shape.js';
import { childShape, containerShape, type ContainerShape } from './child-shape.js';
import { eachChild } from './children.js';
import { kindOf } from './kind.js';
import type { LiveClasses } from './live-classes.js';
import type { Path } from './path.js';

/** A value of the wrong type. */
export interface Mismatch {
  readonly path: Path | undefined;
  /** The type, as text. */
  readonly expected: string;
  /** Description of the value: its kind, like `Date`, or the value itself if only that is wrong. */
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
 * Returns the first place where `value` does not have `shape`. A plain object passes for an instance of a live type, because it
 * becomes one afterwards. Unknown names pass.
 */
export function mismatchOf(
  value: unknown,
  shape: Shape,
  path: Path | undefined,
  classes: LiveClasses,
): Mismatch | undefined {
  const live = classes.ofShape(shape);
  if (live) {
    const isLive = value instanceof live.class || kindOf(value) === 'object';
    return isLive ? undefined : differs(value, shape, path, classes);
  }
  const resolved = classes.resolve(shape);
  if (typeof resolved === 'string') {
    return isSimple(value, resolved) ? undefined : differs(value, shape, path, classes);
  }
  switch (resolved.kind) {
    case 'union':
      return unionMismatch(value, shape, resolved.members, path, classes);
    case 'intersection':
      return intersectionMismatch(value, resolved.members, path, classes);
    case 'literal':
      return value === literalOf(resolved) ? undefined : differs(value, shape, path, classes);
    case 'array':
    case 'tuple':
    case 'object':
    case 'platform': {
      const container = containerShape(resolved);
      if (container && isContainer(value, container)) return childMismatch(value, container, path, classes);
      const isOther = container ?? (resolved.kind === 'platform' && !isOfPlatform(value, resolved.name));
      return isOther ? differs(value, shape, path, classes) : undefined;
    }
    case 'opaque':
      return resolved.base === undefined ? undefined : mismatchOf(value, resolved.base, path, classes);
    // Values that are not data are not checked.
    case 'function':
    case 'parameter':
      return undefined;
    default:
      return resolved satisfies never;
  }
}

/** Returns the members of a union that fit `value`. */
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
  // If the value resembles a single member, the mismatch is reported within that one.
  return deeper.length === 1 ? deeper[0] : differs(value, shape, path, classes);
}

function intersectionMismatch(
  value: unknown,
  members: readonly Shape[],
  path: Path | undefined,
  classes: LiveClasses,
): Mismatch | undefined {
  // In `string & { readonly brand: 'Name' }`, the brand exists for the compiler only.
  const primitives = members.filter((member) => isPrimitive(classes.resolve(member)));
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
    for (const { name } of shape.fields) {
      // A symbol as a key exists for the compiler only, too.
      if (name.startsWith('[')) continue;
      // Missing fields are checked as well, because the type may require them.
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
      // `{}` accepts everything except null and undefined.
      if (shape.fields.length === 0 && !shape.indexes) return value !== null && value !== undefined;
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

function isSimple(value: unknown, type: SimpleShape): boolean {
  switch (type) {
    case 'any':
    case 'unknown':
      return true;
    case 'null':
      return value === null;
    case 'void':
      return value === undefined;
    case 'object':
      return isObject(value);
    case 'never':
      return false;
    default:
      return typeof value === type;
  }
}

function isPrimitive(shape: Shape): boolean {
  return typeof shape === 'string' ? shape !== 'any' && shape !== 'object' : shape.kind === 'literal';
}

function literalOf({ value, bigint }: LiteralShape): unknown {
  return bigint ? BigInt(String(value)) : value;
}

/** Returns whether a value is of the named class of the platform; true if the name is unknown. */
function isOfPlatform(value: unknown, name: string): boolean {
  if (!platformClasses.has(name)) return true;
  return kindOf(value) === name || (name === 'Uint8Array' && Buffer.isBuffer(value));
}

function differs(value: unknown, shape: Shape, path: Path | undefined, classes: LiveClasses): Mismatch {
  const resolved = classes.resolve(shape);
  const members = typeof resolved === 'object' && resolved.kind === 'union' ? resolved.members : [resolved];
  const isOnlyTheValue = members.some(
    (member) =>
      typeof member === 'object' && member.kind === 'literal' && typeof literalOf(member) === typeof value,
  );
  return { path, expected: classes.textOf(shape), got: isOnlyTheValue ? inspect(value) : kindOf(value) };
}
