import { types } from 'node:util';
import { isInstanceOf } from '../core/lazy-classes.js';
import type { Kind } from './image.js';
import { isNative } from './is-native.js';
import type { KeptClasses } from './kept-classes.js';

/** Kind of an object, or the reason why it cannot move. */
export type Classified =
  | { readonly kind: Kind; readonly class: string | undefined }
  | { readonly refused: string };

const plain = new Map<object | null, Classified>([
  [Object.prototype, { kind: 'object', class: undefined }],
  [null, { kind: 'null object', class: undefined }],
  [Array.prototype, { kind: 'array', class: undefined }],
  [Map.prototype, { kind: 'map', class: undefined }],
  [Set.prototype, { kind: 'set', class: undefined }],
  [Date.prototype, { kind: 'date', class: undefined }],
  [RegExp.prototype, { kind: 'regexp', class: undefined }],
  [ArrayBuffer.prototype, { kind: 'buffer', class: undefined }],
  [SharedArrayBuffer.prototype, { kind: 'cloned', class: undefined }],
  [URL.prototype, { kind: 'url', class: undefined }],
  [URLSearchParams.prototype, { kind: 'search params', class: undefined }],
  [Blob.prototype, { kind: 'cloned', class: undefined }],
]);

const headers: Classified = { kind: 'headers', class: undefined };

/** The platform's own classes of errors, by name. */
export const errorClasses: Readonly<Record<string, ErrorConstructor>> = {
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
  AggregateError: AggregateError as unknown as ErrorConstructor,
};
for (const [name, { prototype }] of Object.entries(errorClasses)) {
  plain.set(prototype, { kind: 'error', class: name });
}
for (const { prototype } of [String, Number, Boolean, BigInt]) {
  plain.set(prototype, { kind: 'boxed', class: undefined });
}

/** The classes of views of memory, by name. */
export const viewClasses: Readonly<Record<string, ViewConstructor>> = Object.fromEntries(
  [
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
    DataView,
  ].map((one) => [one.name, one as unknown as ViewConstructor]),
);
for (const [name, { prototype }] of Object.entries(viewClasses)) {
  plain.set(prototype, { kind: 'view', class: name });
}
plain.set(Buffer.prototype, { kind: 'view', class: 'Buffer' });

interface ViewConstructor {
  new (buffer: ArrayBufferLike, offset: number, length: number): ArrayBufferView;
  readonly prototype: object;
}

/** Returns the kind of `value`; its class is one of the version's own, or of the platform's. */
export function classify(value: object, classes: KeptClasses): Classified {
  if (types.isProxy(value)) return { refused: 'a proxy' };
  if (typeof value === 'function') return { refused: 'a function' };
  const prototype = Object.getPrototypeOf(value) as object | null;
  const known = plain.get(prototype);
  if (known) return isWhatItSays(value, known) ? known : { refused: `a ${kindName(value)} in disguise` };
  const own = prototype && classes.ofPrototype(prototype);
  if (!own) return isHeaders(value, prototype) ? headers : { refused: nameOfClass(value, prototype) };
  return baseOf(value, classes) ?? { refused: `a ${own.name}, which extends a class that cannot be moved` };
}

function isHeaders(value: object, prototype: object | null): boolean {
  return isInstanceOf(value, 'Headers') && prototype === Headers.prototype;
}

/**
 * Returns whether a value really is of its kind: `Object.create(Map.prototype)` is not a map, and a map with another prototype
 * still is one.
 */
function isWhatItSays(value: object, classified: Classified): boolean {
  if (!('kind' in classified)) return false;
  switch (classified.kind) {
    case 'object':
    case 'null object':
      return !isExotic(value);
    case 'array':
      return Array.isArray(value);
    case 'map':
      return types.isMap(value);
    case 'set':
      return types.isSet(value);
    case 'date':
      return types.isDate(value);
    case 'regexp':
      return types.isRegExp(value);
    case 'error':
      return types.isNativeError(value);
    case 'buffer':
      return types.isArrayBuffer(value);
    case 'view':
      return ArrayBuffer.isView(value);
    case 'boxed':
      return types.isBoxedPrimitive(value);
    default:
      return true;
  }
}

/** Returns the underlying kind of an instance of an own class: every class above it must be an own one, or the base itself. */
function baseOf(value: object, classes: KeptClasses): Classified | undefined {
  let prototype = Object.getPrototypeOf(value) as object | null;
  const name = prototype && classes.ofPrototype(prototype)?.name;
  while (prototype && classes.ofPrototype(prototype)) prototype = Object.getPrototypeOf(prototype) as object;
  const base = plain.get(prototype);
  if (!base || !('kind' in base) || !isWhatItSays(value, base)) return undefined;
  const isBase = /^(object|null object|array|map|set|date|error)$/.test(base.kind);
  return isBase ? { kind: base.kind, class: name ?? undefined } : undefined;
}

function isExotic(value: object): boolean {
  return (
    Array.isArray(value) ||
    types.isMap(value) ||
    types.isSet(value) ||
    types.isPromise(value) ||
    types.isWeakMap(value) ||
    types.isWeakSet(value) ||
    types.isDate(value) ||
    types.isRegExp(value) ||
    types.isExternal(value) ||
    types.isGeneratorObject(value) ||
    types.isModuleNamespaceObject(value) ||
    ArrayBuffer.isView(value)
  );
}

function kindName(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

function nameOfClass(value: object, prototype: object | null): string {
  const { constructor } = (prototype ?? {}) as { readonly constructor?: { readonly name?: unknown } };
  const name =
    typeof constructor?.name === 'string' && constructor.name !== '' ? constructor.name : kindName(value);
  if (types.isPromise(value)) return 'a promise';
  if (typeof constructor === 'function' && isNative(constructor))
    return `an instance of ${name}, which stays in its thread`;
  return `an instance of ${name}, which is not a class with a name at the top level of the plugin's own files; give it one there, or register a package's class by kept.register('package#${name}', ${name})`;
}
