import { isDeepStrictEqual, types } from 'node:util';
import { isPlainObject } from '../core/is-object.js';
import { isData } from '../link/is-data.js';

/**
 * Copies the data for `onLoad`, because the caller may change it later. Only plain data can be copied; data that holds a
 * callback, a stream or similar is used as it is, and the value of a promise is copied when the load begins.
 */
export function snapshotOf(data: unknown): unknown {
  // A load may have to wait for others: meanwhile, a rejection that nobody handles would end the process.
  if (types.isPromise(data)) data.catch(() => {});
  return isPlain(data) ? structuredClone(data) : data;
}

/** Returns true when a thread would receive the same data. Values that are not data, such as callbacks, must be identical. */
export function isSameData(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (isPlain(left) && isPlain(right)) {
    return isDeepStrictEqual(structuredClone(left), structuredClone(right));
  }
  return isSameList(left, right) || isSameRecord(left, right);
}

function isSameList(left: unknown, right: unknown): boolean {
  if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
  return left.every((part, index) => isSameData(part, right[index]));
}

function isSameRecord(left: unknown, right: unknown): boolean {
  if (!isPlainObject(left) || !isPlainObject(right)) return false;
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && isSameData(left[key], right[key]));
}

/** Returns true when structured cloning copies `data` completely. Never throws. */
function isPlain(data: unknown): boolean {
  try {
    return isData(data);
  } catch {
    return false;
  }
}
