import { types } from 'node:util';
import { isObject } from '../core/is-object.js';

/** The structure of a plain value, without its primitives: these follow it as a flat list. */
export type Form = typeof primitive | Composite;

/** A list, or an object with `keys`. */
interface Composite {
  readonly keys: readonly string[] | undefined;
  readonly parts: readonly Form[];
}

/** The form of every value that is not an object. */
export const primitive = 0;

/** Maximum number of parts, at all depths: with more, cloning costs more than sending. */
const MOST_PARTS = 24;
/** Maximum number of items of a list, or of properties of an object. */
const MOST_ITEMS = 8;

/** The forms of lists of primitives, by their length: most calls have only such arguments. */
const listsOfPrimitives: readonly Form[] = Array.from({ length: MOST_ITEMS + 1 }, (_, length) => ({
  keys: undefined,
  parts: Array.from({ length }, () => primitive),
}));

/** The number of parts that a form may still have. */
interface Budget {
  parts: number;
}

/**
 * Returns the form of a plain value. Returns `undefined` for a large value, and for one of which structured clone would make
 * something other than {@link rebuild} does, as far as that is known without reading its parts twice.
 */
export function formOf(value: unknown, budget: Budget = { parts: MOST_PARTS }): Form | undefined {
  if (--budget.parts < 0) return undefined;
  if (isPrimitive(value)) return primitive;
  if (!isObject(value)) return undefined;
  // The platform refuses every Proxy.
  if (types.isProxy(value)) return undefined;
  const isList = Array.isArray(value);
  if (!isOf(value, isList)) return undefined;
  const keys = Object.keys(value);
  if (keys.length > MOST_ITEMS) return undefined;
  if (isList ? keys.length !== value.length : keys.length === 0 && Symbol.asyncIterator in value)
    return undefined;
  const parts: Form[] = [];
  for (const key of keys) {
    // Setting this key would set the prototype.
    if (key === '__proto__') return undefined;
    const part = formOf((value as Record<string, unknown>)[key], budget);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return { keys: isList ? undefined : keys, parts };
}

/**
 * Returns the form of a list that holds only primitives, which cannot change while the list is read; `undefined` for other lists.
 */
export function formOfPrimitives(list: readonly unknown[]): Form | undefined {
  for (const item of list) if (!isPrimitive(item)) return undefined;
  return listsOfPrimitives[list.length];
}

/**
 * Returns whether a value has exactly this form, and adds its primitives to `primitives`. A value in which an object occurs twice
 * has no form: that object must be one object on the other side, too. `met` are the objects met so far.
 */
export function flatten(value: unknown, form: Form, primitives: unknown[], met: object[] = []): boolean {
  if (!isObject(value)) {
    primitives.push(value);
    return form === primitive && isPrimitive(value);
  }
  if (form === primitive || types.isProxy(value) || met.includes(value)) return false;
  met.push(value);
  const { keys, parts } = form;
  if (!keys) return Array.isArray(value) && isOf(value, true) && flattenItems(value, parts, primitives, met);
  if (!isOf(value, false)) return false;
  let at = 0;
  // Unlike Object.keys, this makes no list.
  for (const key in value) {
    const part = parts[at];
    if (part === undefined || key !== keys[at++]) return false;
    if (!flatten((value as Record<string, unknown>)[key], part, primitives, met)) return false;
  }
  return at === parts.length && (at > 0 || !(Symbol.asyncIterator in value));
}

function flattenItems(
  list: readonly unknown[],
  parts: readonly Form[],
  primitives: unknown[],
  met: object[],
): boolean {
  // A list may have more than its items, as the result of RegExp.exec() has.
  if (list.length !== parts.length || Object.keys(list).length !== parts.length) return false;
  for (let index = 0; index < parts.length; index++) {
    const item = list[index];
    if (item === undefined && !(index in list)) return false;
    if (!flatten(item, parts[index] as Form, primitives, met)) return false;
  }
  return true;
}

/** Makes a value of a form; `next` returns its primitives, one after the other. */
export function rebuild(form: Form, next: () => unknown): unknown {
  if (form === primitive) return next();
  const { keys, parts } = form;
  if (!keys) {
    const list: unknown[] = [];
    for (const part of parts) list.push(rebuild(part, next));
    return list;
  }
  const record: Record<string, unknown> = {};
  for (let index = 0; index < keys.length; index++)
    record[keys[index] as string] = rebuild(parts[index] as Form, next);
  return record;
}

/** Returns whether what arrived is a form that {@link formOf} could have made. */
export function isForm(value: unknown, budget: Budget = { parts: MOST_PARTS }): value is Form {
  if (--budget.parts < 0) return false;
  if (value === primitive) return true;
  if (!isObject(value)) return false;
  const { keys, parts } = value as Partial<Record<keyof Composite, unknown>>;
  if (!Array.isArray(parts) || parts.length > MOST_ITEMS) return false;
  // Unlike every(), this also sees holes.
  for (const part of parts) if (!isForm(part, budget)) return false;
  return keys === undefined || (Array.isArray(keys) && keys.length === parts.length && keys.every(isKey));
}

function isKey(value: unknown): boolean {
  return typeof value === 'string' && value !== '__proto__';
}

function isOf(value: object, isList: boolean): boolean {
  return Object.getPrototypeOf(value) === (isList ? Array.prototype : Object.prototype);
}

/** Returns whether a value is no object, and can be cloned. */
export function isPrimitive(value: unknown): boolean {
  return !isObject(value) && typeof value !== 'function' && typeof value !== 'symbol';
}
