/** Returns the names of an object's methods, its class's included; those that every object inherits do not count. */
export function methodNamesOf(object: object): string[] {
  const names = new Set<string>();
  for (
    let at: object | null = object;
    at && at !== Object.prototype;
    at = Object.getPrototypeOf(at) as object | null
  )
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at)))
      if (typeof value === 'function' && name !== 'constructor') names.add(name);
  return [...names];
}
