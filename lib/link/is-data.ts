import { types } from 'node:util';
import { kindOf } from './kinds.js';

/** Number and depth of the containers that are checked before they are recorded. */
const MOST_UNNOTICED = 10_000;
const DEEPEST_UNNOTICED = 50;

/** The containers of a value that were checked: most values are small trees, and nothing is recorded for them. */
interface Look {
  steps: number;
  seen: Set<object> | undefined;
}

/**
 * Returns whether the platform clones `value` whole, as far as that can be told cheaply: no placeholder is needed in it, and
 * nothing is lost. If not, the copier looks at it part by part. Every value that crosses goes through this check.
 *
 * @throws errors of getters, and RangeError when it is nested deeper than the stack
 */
export function isData(value: unknown): boolean {
  if (typeof value !== 'object') return typeof value !== 'function' && typeof value !== 'symbol';
  return value === null || isDataObject(value, 0, { steps: 0, seen: undefined });
}

/** Like {@link isData}, but for an argument or a result itself: there, an async iterable is pulled, whatever else it is. */
export function isPlainData(value: unknown): boolean {
  if (typeof value === 'object' && value !== null && Symbol.asyncIterator in value) return false;
  return isData(value);
}

function isDataObject(value: object, depth: number, look: Look): boolean {
  if (look.seen) {
    if (look.seen.has(value)) return true;
    look.seen.add(value);
  } else if (++look.steps > MOST_UNNOTICED || depth > DEEPEST_UNNOTICED) {
    look.seen = new Set([value]);
  }
  switch (kindOf(value)) {
    case 'record':
      return isDataRecord(value as Record<string, unknown>, depth + 1, look) !== 'no';
    case 'array':
      return Array.isArray(value) && isDataArray(value, depth + 1, look);
    case 'fields':
      // An object without keys may be a platform object, or one that would arrive empty.
      return isDataRecord(value as Record<string, unknown>, depth + 1, look) === 'yes';
    case 'view':
      return isWholeView(value as ArrayBufferView);
    case 'map':
      return types.isMap(value) && isDataMap(value, depth + 1, look);
    case 'set':
      return types.isSet(value) && isDataArray([...value], depth + 1, look);
    case 'clones':
      return true;
    default:
      return false;
  }
}

function isDataRecord(value: Record<string, unknown>, depth: number, look: Look): 'yes' | 'no' | 'empty' {
  let found: 'yes' | 'empty' = 'empty';
  // Unlike Object.keys, this makes no list; inherited keys are rare, and take the slower way.
  for (const key in value) {
    if (!isDataPart(value[key], depth, look)) return 'no';
    found = 'yes';
  }
  // An object with nothing else would arrive empty.
  if (found === 'empty' && Symbol.asyncIterator in value) return 'no';
  return found;
}

function isDataArray(value: readonly unknown[], depth: number, look: Look): boolean {
  for (let index = 0; index < value.length; index++) {
    if (!isDataPart(value[index], depth, look)) return false;
  }
  return true;
}

function isDataMap(value: ReadonlyMap<unknown, unknown>, depth: number, look: Look): boolean {
  for (const [key, part] of value) {
    if (!isDataPart(key, depth, look) || !isDataPart(part, depth, look)) return false;
  }
  return true;
}

function isDataPart(part: unknown, depth: number, look: Look): boolean {
  if (typeof part === 'object') return part === null || isDataObject(part, depth, look);
  return typeof part !== 'function' && typeof part !== 'symbol';
}

/**
 * Returns whether a view shows all of its buffer: the platform clones the whole buffer, including parts that belong to others.
 */
export function isWholeView(view: ArrayBufferView): boolean {
  return view.byteLength === view.buffer.byteLength || types.isSharedArrayBuffer(view.buffer);
}
