import { boundHost } from './host-binding.js';
import type { Remote } from './definition.js';
import { asPrimitive, isAskedFor } from './live-table.js';

/**
 * A typed handle on another plugin: its calls go directly, thread to thread, to the version of the same generation.
 * `name` must be a literal: the build records it as a dependency.
 *
 * @example
 * export const armory = importPlugin<ArmoryApi>('armory');
 */
export function importPlugin<Api extends object>(name: string): Remote<Api> {
  const methods = new Map<string, (...args: unknown[]) => Promise<unknown>>();
  return new Proxy(Object.create(null), {
    get(_target, method) {
      if (method === Symbol.toPrimitive) return asPrimitive;
      if (typeof method !== 'string' || isAskedFor(method)) return undefined;
      let call = methods.get(method);
      if (!call) {
        call = (...args) => boundHost().callImport(name, method, args);
        methods.set(method, call);
      }
      return call;
    },
  }) as Remote<Api>;
}
