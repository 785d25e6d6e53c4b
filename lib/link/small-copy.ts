import { types } from 'node:util';
import { transfersOf } from './transfer.js';

/** Returned for a value that is not copied here and will be cloned as it is. */
export const notSmall = Symbol('not small');

/** Maximum number of parts: with more, cloning costs more than sending. */
const MOST_PARTS = 16;
/** Maximum number of items of a list, or of properties of an object. */
const MOST_ITEMS = 8;

/** The containers that were copied, and the number of parts. */
interface Copying {
  readonly containers: object[];
  parts: number;
}

/**
 * Returns a copy of a plain value as structured clone would see it now, or {@link notSmall}. The copy may wait, because later
 * changes of the value do not affect it and nothing else refers to it. Values that are not plain, are large, or occur twice are
 * not copied.
 */
export function smallCopy(value: unknown): unknown {
  return unlessItThrows(() => {
    if (typeof value !== 'object' || value === null) return isPrimitive(value) ? value : notSmall;
    if (transfersOf(value).length > 0) return notSmall;
    return copyObject(value, { containers: [], parts: 0 });
  });
}

/** Returns copies of arguments, or {@link notSmall} when one of them cannot be copied. */
export function smallCopies(args: readonly unknown[]): unknown[] | typeof notSmall {
  if (args.length > MOST_ITEMS) return notSmall;
  return unlessItThrows(() => {
    const copies: unknown[] = [];
    const copying = { containers: [], parts: 0 };
    for (const value of args) {
      if (typeof value === 'object' && value !== null && transfersOf(value).length > 0) return notSmall;
      const copy = copyPart(value, copying);
      if (copy === notSmall) return notSmall;
      copies.push(copy);
    }
    return copies;
  });
}

/** A getter may throw: the encoder then reads the value again, and reports the error. */
function unlessItThrows<Copy>(copy: () => Copy): Copy | typeof notSmall {
  try {
    return copy();
  } catch {
    return notSmall;
  }
}

function copyPart(value: unknown, copying: Copying): unknown {
  if (typeof value === 'object' && value !== null) return copyObject(value, copying);
  return ++copying.parts <= MOST_PARTS && isPrimitive(value) ? value : notSmall;
}

function isPrimitive(value: unknown): boolean {
  return typeof value !== 'function' && typeof value !== 'symbol';
}

function copyObject(value: object, copying: Copying): unknown {
  const isList = Array.isArray(value);
  // The platform refuses a Proxy, whatever it is for.
  if (types.isProxy(value) || copying.containers.includes(value)) return notSmall;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== (isList ? Array.prototype : Object.prototype)) return notSmall;
  const keys = Object.keys(value);
  if (keys.length > MOST_ITEMS) return notSmall;
  copying.containers.push(value);
  if (isList) return keys.length === value.length ? copyList(value, copying) : notSmall;
  return copyRecord(value as Record<string, unknown>, keys, copying);
}

function copyList(list: readonly unknown[], copying: Copying): unknown {
  const copies: unknown[] = [];
  for (const value of list) {
    const copy = copyPart(value, copying);
    if (copy === notSmall) return notSmall;
    copies.push(copy);
  }
  return copies;
}

function copyRecord(record: Record<string, unknown>, keys: readonly string[], copying: Copying): unknown {
  if (keys.length === 0 && Symbol.asyncIterator in record) return notSmall;
  const copies: Record<string, unknown> = {};
  for (const key of keys) {
    // Setting it would set the prototype.
    if (key === '__proto__') return notSmall;
    const copy = copyPart(record[key], copying);
    if (copy === notSmall) return notSmall;
    copies[key] = copy;
  }
  return copies;
}
