import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The version of the installed package that a file belongs to, and where it is; `undefined` when it belongs to no such package. */
export function installedVersion(
  name: string,
  file: string,
): { readonly version: string; readonly folder: string } | undefined {
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
