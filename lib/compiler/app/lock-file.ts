import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hashOf } from '../../manifest/hash.js';

const LOCK_FILES = [
  'package-lock.json',
  'npm-shrinkwrap.json',
  'pnpm-lock.yaml',
  'yarn.lock',
  'bun.lock',
  'bun.lockb',
];

/** Files that package managers write beside the packages, also where they keep no lock file. */
const INSTALLED = [
  'node_modules/.package-lock.json',
  'node_modules/.modules.yaml',
  'node_modules/.yarn-state.yml',
];

/** Resolves to the hash of the lock file nearest to the app, because other packages make another version. */
export function lockFileHash(root: string): Promise<string | undefined> {
  return nearestHash(root, LOCK_FILES);
}

/**
 * Resolves to the hash of what tells which packages are installed where the app is edited: a lock file, or what was written
 * beside the packages. A deploy may bring the one without the other.
 */
export async function installedHash(root: string): Promise<string | undefined> {
  return (await lockFileHash(root)) ?? nearestHash(root, INSTALLED);
}

async function nearestHash(root: string, names: readonly string[]): Promise<string | undefined> {
  for (let folder = root; ; folder = dirname(folder)) {
    for (const name of names) {
      const bytes = await readFile(join(folder, name)).catch(() => undefined);
      if (bytes) return hashOf(bytes);
    }
    if (dirname(folder) === folder) return undefined;
  }
}
