import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A package that is installed. */
export interface InstalledPackage {
  readonly version: string;
  readonly folder: string;
}

/** Returns the package that code in `folder` finds under that name. */
export function findInstalled(name: string, folder: string): InstalledPackage | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const manifest = join(at, 'node_modules', name, 'package.json');
    if (existsSync(manifest)) return installedVersion(name, manifest);
    if (dirname(at) === at) return undefined;
  }
}

/** Returns the installed package that a file belongs to, if there is one. */
export function installedVersion(name: string, file: string): InstalledPackage | undefined {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const manifest = readManifest(join(folder, 'package.json'));
    if (manifest?.name === name && manifest.version !== undefined)
      return { version: manifest.version, folder };
    if (dirname(folder) === folder) return undefined;
  }
}

function readManifest(path: string): { readonly name?: string; readonly version?: string } | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as { name?: string; version?: string };
  } catch {
    return undefined;
  }
}
