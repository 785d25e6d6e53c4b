import { types } from 'node:util';

/** Lists what an object holds, to compare it later. No code of the object runs. */
export function contentOf(value: object): readonly unknown[] {
  if (types.isMap(value))
    return [...(Map.prototype.entries.call(value) as MapIterator<[unknown, unknown]>)].flat(1);
  if (types.isSet(value)) return [...Set.prototype.values.call(value)];
  if (types.isDate(value)) return [Date.prototype.getTime.call(value)];
  if (Array.isArray(value)) return [...(value as unknown[])];
  const fields = Object.entries(Object.getOwnPropertyDescriptors(value));
  return fields.flatMap(([key, field]): unknown[] => [key, field.value]);
}
