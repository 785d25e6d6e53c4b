import { isObject } from '../core/is-object.js';
import { Op, type Frame } from './protocol.js';

/** No function can be called with more arguments than this; a longer list is forged. */
const MOST_ARGUMENTS = 65_535;
/** No other list of a frame is longer. */
const MOST_ITEMS = 1_000_000;

/**
 * Returns whether a message has the form of a frame. A frame may come from the code of a plugin, so nothing is taken for
 * granted: the users of its fields check them.
 */
export function isFrame(value: unknown): value is Frame {
  if (!Array.isArray(value) || value.length > 6) return false;
  const [op, one, two, three, four, five] = value as readonly unknown[];
  switch (op) {
    case Op.call:
      return isId(one) && isCall(two, three, four);
    case Op.placedCall:
      return isId(one) && isCall(two, three, four) && isListOf(five, MOST_ITEMS, isObject);
    case Op.result:
      return isId(one);
    case Op.placedResult:
      return isId(one) && isListOf(three, MOST_ITEMS, isObject);
    case Op.thrown:
      return isId(one) && isObject(two);
    case Op.abort:
      return isListOf(one, MOST_ITEMS, isId) && isObject(two);
    case Op.channel:
      return isId(one) && isMessage(two);
    case Op.unreadable:
      return isObject(one);
    case Op.collect:
      return true;
    default:
      return false;
  }
}

/** Returns the id of a call or an answer, even if the rest of the frame is broken. */
export function idOf(value: unknown): { readonly op: number; readonly id: number } | undefined {
  if (!Array.isArray(value)) return undefined;
  const [op, id] = value as readonly unknown[];
  return typeof op === 'number' && isId(id) ? { op, id } : undefined;
}

function isCall(scope: unknown, name: unknown, args: unknown): boolean {
  return isId(scope) && typeof name === 'string' && Array.isArray(args) && args.length <= MOST_ARGUMENTS;
}

function isMessage(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { id, type, path, argumentList } = value as Partial<Record<string, unknown>>;
  if (!isId(id) || typeof type !== 'string') return false;
  return type !== 'APPLY' || (isListOf(path, 1, isText) && isListOf(argumentList, 3, isRaw));
}

function isRaw(value: unknown): boolean {
  return isObject(value) && (value as { readonly type?: unknown }).type === 'RAW';
}

function isListOf(value: unknown, most: number, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length <= most && value.every(isItem);
}

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}
