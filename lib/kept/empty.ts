/** Removes the content and the fields of an object that keeps its identity; no method of its own class runs. */
export function empty(object: object): void {
  if (object instanceof Map) Map.prototype.clear.call(object);
  if (object instanceof Set) Set.prototype.clear.call(object);
  if (Array.isArray(object)) object.length = 0;
  for (const key of Object.keys(object)) Reflect.deleteProperty(object, key);
}
