import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hashOf } from '../../manifest/hash.js';

const LOCK_FILES = ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock'];

/** Resolves to the hash of the lock file nearest to the app, because other packages make another version. */
export async function lockFileHash(root: string): Promise<string | undefined> {
  for (let folder = root; ; folder = dirname(folder)) {
    for (const name of LOCK_FILES) {
      const bytes = await readFile(join(folder, name)).catch(() => undefined);
      if (bytes) return hashOf(bytes);
    }
    if (dirname(folder) === folder) return undefined;
  }
}
