import { fieldStep } from '../core/path-step.js';
import type { Kind, Seal } from './image.js';
import { isContentOnly, platformFault } from './platform-fields.js';

/** The fields of an object that move, or the reason why they cannot. */
export type OwnFields =
  | { readonly keys: readonly string[]; readonly seal: Seal }
  | { readonly key: string; readonly refused: string };

const none: readonly string[] = [];
/** Kinds without fields of their own: live data is frozen, and the fields of a constant belong to the new module. */
const withoutFields: ReadonlySet<Kind> = new Set(['live data', 'constant']);

/** Non-enumerable fields of a kind; they are part of its content. */
const asContent: Partial<Record<Kind, readonly string[]>> = {
  array: ['length'],
  'sparse array': ['length'],
  regexp: ['lastIndex'],
  error: ['message', 'stack', 'cause', 'errors', 'name'],
};

/** Returns the fields of `value`. A field is never left out without a report. */
export function ownFields(value: object, kind: Kind): OwnFields {
  if (withoutFields.has(kind)) return { keys: none, seal: 0 };
  if (isContentOnly(kind)) {
    return platformFault(value, kind) ?? { keys: none, seal: 0 };
  }
  const keys = Reflect.ownKeys(value);
  // The elements come first, then the length: no element is missing, and there is nothing else.
  const { length } = value as unknown[];
  if (kind === 'array' && keys.length === length + 1 && keys[length] === 'length') {
    return { keys: none, seal: sealOf(value) };
  }
  const content = asContent[kind] ?? none;
  const seal = Object.isExtensible(value) ? 0 : sealOf(value);
  const fields: string[] = [];
  for (const key of keys) {
    if (typeof key === 'symbol') return { key: `[${String(key)}]`, refused: 'a field whose key is a symbol' };
    // Reading a stack may run code that describes the error, and that code may fail for unusual errors.
    if (kind === 'error' && key === 'stack') continue;
    const descriptor = Object.getOwnPropertyDescriptor(value, key) as PropertyDescriptor;
    const { enumerable, writable, configurable } = descriptor;
    if (!enumerable) {
      if (content.includes(key)) continue;
      return { key: fieldStep(key), refused: 'a field that is not enumerable' };
    }
    if (!('value' in descriptor)) return { key: fieldStep(key), refused: 'a getter or setter of its own' };
    if ((!writable && seal < 3) || (!configurable && seal < 2)) {
      return {
        key: fieldStep(key),
        refused: 'a field that cannot be written or deleted, of an object that is not frozen',
      };
    }
    fields.push(key);
  }
  return { keys: fields, seal };
}

/** Makes `object` as closed (sealed, frozen) as the original was. */
export function close(object: object, seal: Seal): void {
  if (seal === 3) Object.freeze(object);
  else if (seal === 2) Object.seal(object);
  else if (seal === 1) Object.preventExtensions(object);
}

function sealOf(value: object): Seal {
  if (Object.isExtensible(value)) return 0;
  if (Object.isFrozen(value)) return 3;
  return Object.isSealed(value) ? 2 : 1;
}
