import { isNativeError } from 'node:util/types';

/** A property of an error that has no field of its own in the encoded error. */
export interface ErrorProperty {
  readonly name: string;
  readonly value: unknown;
  /** True when it is not enumerable, or comes from a getter of the class. */
  readonly isHidden: boolean;
}

/** Properties with a field of their own; `name`, `message` and `stack` are own properties of some errors. */
const ownPlace = new Set(['name', 'message', 'stack', 'cause', '__proto__', 'constructor']);

/** Properties of the platform's classes, which every error of such a class has. */
const platform = new Set<object>([
  Object.prototype,
  ...[Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, AggregateError].map(
    (type) => type.prototype as object,
  ),
  DOMException.prototype,
]);

/**
 * Returns the own properties of an error and the getters of its class, because a `code` may be either. Getters that throw are
 * left out.
 */
export function propertiesOf(error: Error): ErrorProperty[] {
  const found = new Map<string, ErrorProperty>();
  const add = (name: string, isHidden: boolean): void => {
    if (ownPlace.has(name) || found.has(name) || (name === 'errors' && error instanceof AggregateError))
      return;
    const value = safely(() => (error as unknown as Record<string, unknown>)[name]);
    if (value !== undefined && typeof value !== 'function') found.set(name, { name, value, isHidden });
  };
  const enumerable = safely(() => Object.keys(error)) ?? [];
  for (const name of enumerable) add(name, false);
  for (const name of safely(() => Object.getOwnPropertyNames(error)) ?? []) add(name, true);
  for (const name of safely(() => [...gettersOf(error)]) ?? []) add(name, true);
  return [...found.values()];
}

function* gettersOf(error: Error): Iterable<string> {
  let at = Object.getPrototypeOf(error) as object | null;
  for (; at && !platform.has(at); at = Object.getPrototypeOf(at) as object | null) {
    const descriptors = Object.entries(Object.getOwnPropertyDescriptors(at));
    for (const [name, descriptor] of descriptors) if (descriptor.get) yield name;
  }
}

export function isError(value: unknown): value is Error {
  return isNativeError(value) || safely(() => value instanceof Error) === true;
}

/** Returns the result of `read`, or `undefined` when it throws. */
export function safely<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
