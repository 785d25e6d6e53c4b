import { isPlainObject } from '../core/is-object.js';
import { heldFunction } from './held-function.js';

type AnyFunction = (...args: never[]) => unknown;

/** Holds the chosen functions among a constructor's arguments: by position, by parameter name, or by key of an object. */
export function holdArguments(
  args: readonly unknown[],
  hold: readonly (string | number)[],
  constructor: AnyFunction,
): unknown[] {
  const positions = hold.map((name) => (typeof name === 'number' ? name : positionOf(name, constructor)));
  const keys = hold.filter((name) => typeof name === 'string');
  return args.map((value, index) => {
    if (typeof value === 'function')
      return positions.includes(index) ? heldFunction(value as AnyFunction) : value;
    return isPlainObject(value) ? withHeld(value, keys) : value;
  });
}

/** Holds the chosen methods of an instance, by name. */
export function holdMembers(instance: object, hold: readonly (string | number)[]): void {
  const members = instance as Record<string, unknown>;
  for (const name of hold) {
    if (typeof name === 'string' && typeof members[name] === 'function')
      members[name] = heldFunction(members[name] as AnyFunction);
  }
}

function withHeld(options: Readonly<Record<string, unknown>>, keys: readonly string[]): unknown {
  const held = keys.filter((key) => typeof options[key] === 'function');
  if (held.length === 0) return options;
  return {
    ...options,
    ...Object.fromEntries(held.map((key) => [key, heldFunction(options[key] as AnyFunction)])),
  };
}

/** Returns the index of the parameter with that name in the package's code; -1 for none. */
function positionOf(name: string, callable: AnyFunction): number {
  const source = Function.prototype.toString.call(callable);
  const list = source.startsWith('class')
    ? /\bconstructor\s*\(([^)]*)\)/.exec(source)?.[1]
    : /\(([^)]*)\)/.exec(source)?.[1];
  return (list ?? '').split(',').findIndex((parameter) => parameter.split('=')[0]?.trim() === name);
}
