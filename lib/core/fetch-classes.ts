/** Classes of the platform's HTTP client, by name. */
interface FetchClasses {
  readonly Headers: Headers;
  readonly FormData: FormData;
  readonly Request: Request;
  readonly Response: Response;
}

/**
 * Returns whether a value is an instance of a class of the platform's HTTP client. Node loads that whole client when code first
 * names one of its classes, which takes longer than the rest of a thread's boot: so the prototypes of a value are looked at
 * first.
 */
export function isInstanceOf<Name extends keyof FetchClasses>(
  value: object,
  name: Name,
): value is FetchClasses[Name] {
  return hasTag(value, name) && value instanceof globalThis[name];
}

function hasTag(value: object, name: string): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return false;
  const tag = Object.getOwnPropertyDescriptor(prototype, Symbol.toStringTag);
  return tag?.value === name || hasTag(prototype as object, name);
}
