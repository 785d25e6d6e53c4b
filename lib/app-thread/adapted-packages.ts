import { fileURLToPath } from 'node:url';
import type { Adapter } from '../adapters/adapter.js';
import { AdapterSet } from '../adapters/adapter-set.js';
import { adaptedCommonJs, adaptedNamespace, namesOf } from '../adapters/adapted-module.js';
import { installedVersion } from '../adapters/installed-version.js';
import { boundHost } from '../plugin/host-binding.js';

type Exports = Readonly<Record<string, unknown>>;

/** The replaced exports by package, for the module loader. */
export type AdaptedNames = Readonly<Record<string, readonly string[]>>;

let packages: AdaptedPackages | undefined;

/** The packages of an app that have adapters, wherever they are imported. */
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

  /** Returns whether an import of `specifier` in `parent` gets an adapted package; the package's own code does not. */
  isAdapted(specifier: string, parent: string | undefined): boolean {
    return this.#adapters.of(specifier).length > 0 && !isPartOf(parent, specifier);
  }

  /** Returns the exports with which `require` replaces those of a package's file. */
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

/** Returns the exports of `original`, some of them replaced, for the module that stands in for a package. */
export function adaptedPackage(name: string, url: string, original: Exports): Exports {
  return packages?.namespace(name, url, original) ?? original;
}

/** Returns whether a file belongs to a package itself, rather than to another one inside it. */
export function isPartOf(file: string | undefined, name: string): boolean {
  const path = file?.replaceAll('\\', '/') ?? '';
  const at = path.lastIndexOf('/node_modules/');
  return at >= 0 && path.slice(at + '/node_modules/'.length).startsWith(`${name}/`);
}
