import { checkNames } from '../core/check-options.js';
import { LiveswapError } from '../core/errors.js';
import type { TakesWork } from './takes-work.js';

/** Way to handle an export of a package: its instances take work by themselves, or something else stands in its place. */
export type ExportAdapter = TakesWork | ((original: unknown) => unknown);

/** Way to handle a package at the border between it and the code that imports it; made by {@link defineAdapter}. */
export interface Adapter {
  /** Name under which the package is imported. */
  readonly package: string;
  /** Versions of the package to which the adapter applies, as a range of semver. */
  readonly versions: string;
  /** Ways to handle its exports, by name. */
  readonly exports: Readonly<Record<string, ExportAdapter>>;
}

/** Facts about a package for {@link defineAdapter}. */
export interface AdapterDefinition {
  /**
   * Versions of the package to which the adapter applies, as in a package.json: `'>=5'`, `'^3 || ^4'`. Other versions are left as
   * they are, with a warning.
   */
  readonly versions: string;
  /**
   * Ways to handle the exports, by name. `default` also means the whole export of a CommonJS module, and a method of an export
   * has its path: `'Kafka.prototype.consumer'`.
   */
  readonly exports: Readonly<Record<string, ExportAdapter>>;
}

/**
 * Defines how to handle a package that takes work by itself: a consumer, a poller, a schedule. The adapter applies to every
 * import of the package in that thread, those of other packages included.
 *
 * @param name the package, as it is imported.
 * @throws LiveswapError `OPTION_INVALID`
 *
 * @example
 * export default defineAdapter('armory-queue', {
 *   versions: '>=2',
 *   exports: { Consumer: takesWork({ start: (consumer) => consumer.begin(), pause: (consumer) => consumer.halt() }) },
 * });
 */
export function defineAdapter(name: string, definition: AdapterDefinition): Adapter {
  if (typeof name !== 'string' || !/^(?:@[^/]+\/)?[^./][^/]*$/.test(name))
    throw invalid(name, 'it takes the name of a package, as it is imported');
  checkNames(definition, ['versions', 'exports']);
  const { versions, exports } = definition;
  if (typeof versions !== 'string') throw invalid(name, "versions is not a range, such as '>=5'");
  if (typeof exports !== 'object' || exports === null || Object.keys(exports).length === 0)
    throw invalid(name, 'exports names no export of the package');
  for (const [key, adapter] of Object.entries(exports)) {
    if (typeof adapter !== 'function' && adapter?.kind !== 'takesWork')
      throw invalid(name, `exports.${key} is neither made by takesWork nor a function`);
  }
  return { package: name, versions, exports };
}

function invalid(name: unknown, problem: string): LiveswapError {
  return new LiveswapError('OPTION_INVALID', `The adapter for ${String(name)} cannot be used: ${problem}.`, {
    option: 'adapter',
  });
}
