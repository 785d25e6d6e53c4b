import { fileURLToPath } from 'node:url';
import type { Adapter } from '../adapters/adapter.js';
import { AdapterSet } from '../adapters/adapter-set.js';
import { adaptedCommonJs, adaptedNamespace, namesOf } from '../adapters/adapted-module.js';
import { installedVersion } from '../adapters/installed-version.js';
import { boundHost } from '../plugin/host-binding.js';

type Exports = Readonly<Record<string, unknown>>;

/** The exports that stand in, by package: what the loader has to know. */
export type AdaptedNames = Readonly<Record<string, readonly string[]>>;

let packages: AdaptedPackages | undefined;

/** The packages of an app that adapters handle, wherever they are imported. */
export class AdaptedPackages {
  readonly #adapters: AdapterSet;
  readonly #told = new Set<string>();

  constructor(adapters: readonly Adapter[]) {
    this.#adapters = new AdapterSet(adapters);
  }

  get names(): AdaptedNames {
    return Object.fromEntries(
      this.#adapters.packages.map((name) => [name, [...new Set(this.#adapters.of(name).flatMap(namesOf))]]),
    );
  }

  /** Returns whether code of `parent` that imports `specifier` gets an adapted package: code of that package itself does not. */
  isAdapted(specifier: string, parent: string | undefined): boolean {
    return this.#adapters.of(specifier).length > 0 && !isPartOf(parent, specifier);
  }

  /** Returns the exports that `require` gives in place of those of a package's file. */
  commonJs(name: string, file: string, original: unknown): unknown {
    const adapter = this.#find(name, file);
    return adapter ? adaptedCommonJs(adapter, original) : original;
  }

  namespace(name: string, url: string, original: Exports): Exports {
    const adapter = this.#find(name, fileURLToPath(url));
    return adapter ? adaptedNamespace(adapter, original) : original;
  }

  #find(name: string, file: string): Adapter | undefined {
    const installed = installedVersion(name, file);
    if (!installed) return undefined;
    const { version } = installed;
    const adapter = this.#adapters.for(name, version);
    if (!adapter && !this.#told.has(`${name} ${version}`)) {
      this.#told.add(`${name} ${version}`);
      const known = this.#adapters.of(name).map(({ versions }) => versions);
      boundHost().log.warn(
        { package: name, version },
        `No adapter knows ${name} ${version} (there is one for ${known.join(', ')}): it runs in the old and the new version side by side.`,
      );
    }
    return adapter;
  }
}

/** Adapts the packages of this thread from now on. */
export function adaptPackages(adapters: readonly Adapter[]): AdaptedPackages {
  packages = new AdaptedPackages(adapters);
  return packages;
}

/** For the modules that stand in for packages: the exports of `original`, some of them replaced. */
export function adaptedPackage(name: string, url: string, original: Exports): Exports {
  return packages?.namespace(name, url, original) ?? original;
}

/** Returns whether a file belongs to a package, and not to one inside of it. */
export function isPartOf(file: string | undefined, name: string): boolean {
  const path = file?.replaceAll('\\', '/') ?? '';
  const at = path.lastIndexOf('/node_modules/');
  return at >= 0 && path.slice(at + '/node_modules/'.length).startsWith(`${name}/`);
}
