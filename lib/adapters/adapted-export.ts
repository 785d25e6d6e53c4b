import type { ExportAdapter } from './adapter.js';
import { adopt } from './adapted-instance.js';
import { holdArguments, holdMembers } from './hold-functions.js';
import type { TakesWork } from './takes-work.js';

type Callable = (...args: never[]) => unknown;

const adapted = new WeakMap<object, unknown>();

/**
 * Returns the stand-in for an export of a package. Code that inspects a class sees no difference: `instanceof`, subclasses and
 * static members work.
 *
 * @param name names the package and the export in messages.
 */
export function adaptedExport(original: unknown, adapter: ExportAdapter, name: string): unknown {
  if (typeof original !== 'function') return original;
  if (!adapted.has(original)) {
    const stand =
      typeof adapter === 'function' ? adapter(original) : wrapped(original as Callable, adapter, name);
    adapted.set(original, stand);
    // A stand-in is not wrapped again.
    if (typeof stand === 'function') adapted.set(stand, stand);
  }
  return adapted.get(original);
}

function wrapped(original: Callable, steps: TakesWork, name: string): Callable {
  const { hold = [], construct } = steps;
  const make = (args: unknown[], run: (args: unknown[]) => unknown): unknown => {
    const changed = construct ? construct([...args]) : args;
    const made = run(holdArguments(changed, hold, original));
    if (typeof made === 'object' && made !== null) {
      holdMembers(made, hold);
      adopt(made, steps, { name, args });
    }
    return made;
  };
  const stand: Callable = new Proxy(original, {
    apply: (target, self, args: unknown[]) =>
      make(args, (changed) => Reflect.apply(target, self, changed as never[])),
    construct: (target, args: unknown[], newTarget) =>
      make(args, (changed) =>
        Reflect.construct(target, changed, newTarget === stand ? target : newTarget),
      ) as object,
  });
  return stand;
}
