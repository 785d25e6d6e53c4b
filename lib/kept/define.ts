/** Defines a field. Fields are never assigned: `__proto__` is a key like any other, and no setter runs. */
export function define(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}
