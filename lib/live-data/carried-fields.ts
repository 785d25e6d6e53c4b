/** Fields of revived instances that their class does not know. */
const carried = new WeakMap<object, ReadonlyMap<string, unknown>>();

/** Keeps fields for whoever writes `instance` again: a newer release may know them. */
export function carryFields(instance: object, fields: ReadonlyMap<string, unknown>): void {
  if (fields.size > 0) carried.set(instance, fields);
}

/** Returns the fields of an instance as they are written: carried ones first, then its own. */
export function writtenFields(instance: object): Record<string, unknown> {
  return { ...Object.fromEntries(carried.get(instance) ?? []), ...instance };
}
