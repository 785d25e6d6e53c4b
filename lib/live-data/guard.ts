import { types } from 'node:util';
import { LiveswapError } from '../core/errors.js';
import { eachChild } from './children.js';
import { kindOf } from './kind.js';
import { formatPath, type Path } from './path.js';
import { isLiveDataInstance } from './wire.js';

/** Maximum depth of live data: reading it back is recursive, and has to fit on the stack of any thread. */
const MAX_DEPTH = 500;

/** Depth of a live instance, which is written as three nested values. */
const LIVE_DEPTH = 3;

const viewPrototypes = new Set<unknown>([
  Buffer.prototype,
  DataView.prototype,
  BigInt64Array.prototype,
  BigUint64Array.prototype,
  Float32Array.prototype,
  Float64Array.prototype,
  Int8Array.prototype,
  Int16Array.prototype,
  Int32Array.prototype,
  Uint8Array.prototype,
  Uint8ClampedArray.prototype,
  Uint16Array.prototype,
  Uint32Array.prototype,
  (globalThis as { Float16Array?: { prototype: unknown } }).Float16Array?.prototype,
]);

const leafPrototypes = new Set<unknown>([
  ArrayBuffer.prototype,
  BigInt.prototype,
  Boolean.prototype,
  Date.prototype,
  Number.prototype,
  RegExp.prototype,
  URL.prototype,
  URLSearchParams.prototype,
]);

/**
 * Refuses values that another version could not read back exactly. Own enumerable fields are data. Everything else an object may
 * have (private and hidden fields, its prototype, whether it is frozen) is not data and is ignored.
 *
 * @throws LiveswapError `LIVE_DATA_INVALID` with the `path` of the first such thing.
 */
export function guard(root: unknown, liveTypeOf: (value: object) => string | undefined): void {
  const seen = new Set<object>();

  function check(value: unknown, path: Path | undefined, depth: number): void {
    if (typeof value === 'symbol' || typeof value === 'function') refuse(path, `is a ${typeof value}`);
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    if (depth > MAX_DEPTH) refuse(path, `is nested more than ${MAX_DEPTH} deep`);
    if (types.isProxy(value)) refuse(path, 'is a Proxy');
    if (isLiveDataInstance(value)) return;
    const isLive = liveTypeOf(value) !== undefined;
    if (isLive) checkLiveInstance(value, path);
    else checkBuiltIn(value, path);
    eachChild(value, path, (child, at) => check(child, at, depth + (isLive ? LIVE_DEPTH : 1)));
  }

  check(root, undefined, 0);
}

function checkLiveInstance(value: object, path: Path | undefined): void {
  for (let at = prototypeOf(value); at && at !== Object.prototype; at = prototypeOf(at)) {
    // The state of a built-in base class is not in fields.
    const base = Object.hasOwn(at, 'constructor') ? at.constructor : undefined;
    if (base && Function.prototype.toString.call(base).endsWith('{ [native code] }')) {
      refuse(path, `is an instance of ${kindOf(value)}, which extends ${base.name}`);
    }
  }
  checkFields(value, path);
}

function checkBuiltIn(value: object, path: Path | undefined): void {
  const prototype = prototypeOf(value);
  if (prototype === null || prototype === Object.prototype) {
    const tag = Object.prototype.toString.call(value).slice(8, -1);
    if (tag !== 'Object') refuse(path, `is a built-in ${tag} object`);
    checkFields(value, path);
  } else if (viewPrototypes.has(prototype)) {
    checkBuffer((value as ArrayBufferView).buffer, path);
  } else if (prototype === Array.prototype || prototype === String.prototype) {
    // Keys that are indices come first.
    const last = Object.keys(value).at(-1);
    if (last !== undefined && !/^\d+$/.test(last)) refuseProperty(path, last);
    refuseSymbols(value, path);
  } else if (prototype === Map.prototype || prototype === Set.prototype || leafPrototypes.has(prototype)) {
    const [name] = Object.keys(value);
    if (name !== undefined) refuseProperty(path, name);
    refuseSymbols(value, path);
    if (types.isArrayBuffer(value)) checkBuffer(value, path);
    if (types.isRegExp(value) && value.lastIndex !== 0) refuse(path, 'is a RegExp in the middle of a search');
  } else {
    refuse(path, `is an instance of ${kindOf(value)}`);
  }
}

function checkFields(value: object, path: Path | undefined): void {
  for (const name of Object.keys(value)) {
    const at: Path = { parent: path, kind: 'field', name };
    if (name === '__proto__') refuse(at, 'is a name that is not safe to write');
    if (!('value' in Object.getOwnPropertyDescriptor(value, name)!)) refuse(at, 'is an accessor');
  }
  refuseSymbols(value, path);
}

function checkBuffer(buffer: ArrayBufferLike, path: Path | undefined): void {
  if (!types.isArrayBuffer(buffer)) refuse(path, 'is backed by a SharedArrayBuffer');
  if ((buffer as { resizable?: boolean }).resizable) refuse(path, 'is backed by a resizable ArrayBuffer');
}

function refuseSymbols(value: object, path: Path | undefined): void {
  for (const symbol of Object.getOwnPropertySymbols(value)) {
    if (Object.prototype.propertyIsEnumerable.call(value, symbol)) {
      refuse(path, `has the symbol key ${String(symbol)}`);
    }
  }
}

function refuseProperty(path: Path | undefined, name: string): never {
  refuse({ parent: path, kind: 'field', name }, 'is a named property of a built-in object');
}

function refuse(path: Path | undefined, problem: string): never {
  const where = formatPath(path);
  throw new LiveswapError(
    'LIVE_DATA_INVALID',
    `Cannot guard as live data: ${where || 'the value'} ${problem}; keep only data that every version can read, and make the rest from it.`,
    { path: where, problem },
  );
}

function prototypeOf(value: object): object | null {
  return Object.getPrototypeOf(value) as object | null;
}
