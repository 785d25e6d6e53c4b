/** Classes of the platform's HTTP client, by name. */
interface FetchClasses {
  readonly Headers: Headers;
  readonly FormData: FormData;
  readonly Request: Request;
  readonly Response: Response;
}

/**
 * Returns whether a value is an instance of a class of the platform's HTTP client. Node loads all of that client when one of its
 * classes is named first, which takes longer than all the rest of a thread's boot: a value whose prototypes say that it is
 * something else is told without.
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
