import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AdapterSet } from '../../adapters/adapter-set.js';
import { builtinAdapters } from '../../adapters/builtin/index.js';
import { installedVersion } from '../../adapters/installed-version.js';

/** A package beside an app that takes work by itself. */
export interface AdaptedPackage {
  readonly name: string;
  readonly version: string;
  /** True when an adapter knows this version; otherwise the package is left as it is. */
  readonly isKnown: boolean;
}

/** The installed packages, as code in `folder` finds them, that built-in adapters are for. */
export function adaptedPackages(
  folder: string,
  { noAdapters = [] }: { readonly noAdapters?: readonly string[] },
): AdaptedPackage[] {
  const adapters = new AdapterSet(builtinAdapters.filter((one) => !noAdapters.includes(one.package)));
  return adapters.packages.flatMap((name) => {
    const manifest = findManifest(folder, name);
    const installed = manifest === undefined ? undefined : installedVersion(name, manifest);
    if (!installed) return [];
    const { version } = installed;
    return { name, version, isKnown: adapters.for(name, version) !== undefined };
  });
}

function findManifest(folder: string, name: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const manifest = join(at, 'node_modules', name, 'package.json');
    if (existsSync(manifest)) return manifest;
    if (dirname(at) === at) return undefined;
  }
}
