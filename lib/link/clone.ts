import { types } from 'node:util';
import { MessagePort } from 'node:worker_threads';
import { isData } from './is-data.js';

/**
 * Clones a value as `structuredClone` does. For a value with a message port in it, which cannot be cloned, it throws by itself:
 * where the port is closed, Node's own function ends the whole process with a segmentation fault.
 */
export function clone<Value>(value: Value): Value {
  if (!isData(value) && holdsPort(value, new Set()))
    throw new DOMException('A MessagePort could not be cloned.', 'DataCloneError');
  return structuredClone(value);
}

function holdsPort(value: unknown, seen: Set<object>): boolean {
  if (typeof value !== 'object' || value === null || types.isProxy(value) || seen.has(value)) return false;
  if (value instanceof MessagePort) return true;
  if (ArrayBuffer.isView(value)) return false;
  seen.add(value);
  const isHeld = (part: unknown): boolean => holdsPort(part, seen);
  if (types.isMap(value)) return [...value].some(([key, part]) => isHeld(key) || isHeld(part));
  if (types.isSet(value)) return [...value].some(isHeld);
  // An error is cloned with its cause, which is not enumerable.
  if (types.isNativeError(value) && isHeld(value.cause)) return true;
  return Object.values(value).some(isHeld);
}
