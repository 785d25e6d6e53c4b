import type { AdapterSet } from '../../adapters/adapter-set.js';
import { findInstalled } from '../../adapters/installed-version.js';

/** A package beside an app that takes work by itself. */
export interface AdaptedPackage {
  readonly name: string;
  readonly version: string;
  /** True when an adapter knows this version; otherwise the package is left as it is. */
  readonly isKnown: boolean;
}

/** Returns the packages with adapters that code in `folder` can import. */
export function adaptedPackages(folder: string, adapters: AdapterSet): AdaptedPackage[] {
  return adapters.packages.flatMap((name) => {
    const installed = findInstalled(name, folder);
    if (!installed) return [];
    const { version } = installed;
    return { name, version, isKnown: adapters.for(name, version) !== undefined };
  });
}
