import { isLiveDataInstance } from './wire.js';

/** Returns the kind of a value in one word, as in a type: `null`, `string`, `Array`, `Date`, `object`, `Live_Fire`. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value;
  if (isLiveDataInstance(value)) return 'LiveData';
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === null || prototype === Object.prototype) return 'object';
  const { constructor } = prototype as { readonly constructor?: { readonly name?: unknown } };
  return typeof constructor?.name === 'string' && constructor.name !== '' ? constructor.name : 'object';
}
