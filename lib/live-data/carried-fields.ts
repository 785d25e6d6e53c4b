/** Fields of revived instances that the class does not know. */
const carried = new WeakMap<object, ReadonlyMap<string, unknown>>();

/** Keeps fields until `instance` is written again: a newer release may know them. */
export function carryFields(instance: object, fields: ReadonlyMap<string, unknown>): void {
  if (fields.size > 0) carried.set(instance, fields);
}

/** Returns the fields of an instance in the order they are written: carried ones first, then its own. */
export function writtenFields(instance: object): Record<string, unknown> {
  return { ...Object.fromEntries(carried.get(instance) ?? []), ...instance };
}
