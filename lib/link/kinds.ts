import { types } from 'node:util';
import { isInstanceOf } from '../core/lazy-classes.js';

/**
 * The way in which a value is copied: containers by their parts, `clones` by the platform, a `view` as the bytes it shows,
 * `fields` (an instance of an unknown class) as its own fields, and `special` as a placeholder, or not at all.
 */
export type Kind = 'record' | 'array' | 'map' | 'set' | 'view' | 'clones' | 'fields' | 'special';

/** Mark on the instances of `LiveData`, set by every copy of the class. */
export const liveDataBrand = Symbol.for('liveswap.LiveData');

/** Classes of the platform for which a placeholder stands in, because the platform would not clone their instances completely. */
const special: readonly (abstract new (...args: never[]) => object)[] = [
  Error,
  AbortSignal,
  MessagePort,
  URL,
  URLSearchParams,
];

const lazySpecial = [
  'Headers',
  'FormData',
  'Request',
  'Response',
  'ReadableStream',
  'WritableStream',
  'TransformStream',
  'File',
] as const;

const kinds = new WeakMap<object, Kind>();

/** Returns the kind of `value`. It depends on the prototype alone, so it is determined once for each. */
export function kindOf(value: object): Kind {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return 'record';
  if (prototype === Array.prototype) return 'array';
  const known = kinds.get(prototype as object);
  if (known) return known;
  const kind = findKind(value, prototype as object);
  kinds.set(prototype as object, kind);
  return kind;
}

function findKind(value: object, prototype: object): Kind {
  if (Array.isArray(value)) return 'array';
  if (types.isMap(value)) return 'map';
  if (types.isSet(value)) return 'set';
  if (ArrayBuffer.isView(value)) return 'view';
  if (types.isDate(value) || types.isRegExp(value) || types.isAnyArrayBuffer(value)) return 'clones';
  if (types.isBoxedPrimitive(value)) return 'clones';
  if (types.isNativeError(value) || special.some((type) => value instanceof type)) return 'special';
  if (lazySpecial.some((name) => isInstanceOf(value, name))) return 'special';
  if (liveDataBrand in prototype || Symbol.asyncIterator in prototype) return 'special';
  // An object of another realm, such as a test runner's.
  const isForeignRecord =
    Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'hasOwnProperty');
  return isForeignRecord ? 'record' : 'fields';
}

/** Returns the name of an object for an error. */
export function nameOf(value: object): string {
  return value.constructor?.name || 'value';
}
