import type { LiveTable } from './live-call.js';
import type { Vault } from './vault.js';

/** Returns a table with every live function as a method; calling the table returns it with other types. */
export function liveTable(call: (name: string, args: unknown[]) => Promise<unknown>): Vault['live'] {
  const table = methodsOf(call, () => table) as LiveTable & (() => never);
  return table;
}

/** Returns an object that has every method: each calls `call` with its own name. */
export function methodsOf(
  call: (name: string, args: unknown[]) => Promise<unknown>,
  target: () => unknown = () => undefined,
): object {
  const methods = new Map<string, (...args: unknown[]) => Promise<unknown>>();
  return new Proxy(target, {
    get(_target, name) {
      if (name === Symbol.toPrimitive) return asPrimitive;
      if (typeof name !== 'string' || isAskedFor(name)) return undefined;
      let method = methods.get(name);
      if (!method) {
        method = (...args) => call(name, args);
        methods.set(name, method);
      }
      return method;
    },
  });
}

/**
 * Returns whether the platform looks for a method of this name on any object. One with a `then` would be taken for a promise when
 * awaited; one with a `toJSON` would be called where a log writes it as JSON, and nobody would handle that call's rejection.
 */
export function isAskedFor(name: string): boolean {
  return name === 'then' || name === 'toJSON';
}

/**
 * Makes a string or a number of an object that has every method, as the platform does of any object. Without this, a log that
 * writes `${live}` would call its `toString` and its `valueOf`, and nobody would handle the rejections.
 */
export function asPrimitive(hint: string): string | number {
  return hint === 'number' ? NaN : '[object Object]';
}
