import { isDeepStrictEqual } from 'node:util';
import { isData } from '../link/is-data.js';

/**
 * What `onLoad` will be given, as it is now: whoever asked for the load may change it later. Only plain data can be copied; what
 * holds a call-back, a stream or the like is taken as it is.
 */
export function snapshotOf(data: unknown): unknown {
  return isPlain(data) ? structuredClone(data) : data;
}

/** Whether a thread would be given the same. What is no data, such as a call-back, has to be the very same. */
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
  if (!isRecord(left) || !isRecord(right)) return false;
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && isSameData(left[key], right[key]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Whether the platform copies `data` whole. Never throws. */
function isPlain(data: unknown): boolean {
  try {
    return isData(data);
  } catch {
    return false;
  }
}
