import satisfies from 'semver/functions/satisfies.js';
import type { Adapter } from './adapter.js';

/** The adapters that are in use, by package. */
export class AdapterSet {
  readonly #adapters: ReadonlyMap<string, readonly Adapter[]>;

  /** Of two adapters for one package and version, the first counts. */
  constructor(adapters: readonly Adapter[]) {
    this.#adapters = new Map(
      adapters.map((one) => [one.package, adapters.filter((other) => other.package === one.package)]),
    );
  }

  /** The packages that have adapters. */
  get packages(): string[] {
    return [...this.#adapters.keys()];
  }

  /** Returns the adapters for any version of a package. */
  of(name: string): readonly Adapter[] {
    return this.#adapters.get(name) ?? [];
  }

  /** Returns the adapter for one version of a package; `undefined` when none covers that version. */
  for(name: string, version: string): Adapter | undefined {
    return this.of(name).find(({ versions }) => satisfies(version, versions, { includePrerelease: true }));
  }
}
