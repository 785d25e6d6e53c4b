import { access, constants, mkdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { foldersAbove } from './paths.js';

/**
 * Resolves to the folder for files that belong to the package of `folder`: `node_modules/.cache/liveswap` beside its
 * package.json, or a folder in the system's temporary one where there is no package, or its folder is not writable.
 */
export async function cacheFolder(folder: string): Promise<string> {
  return (await packageCache(folder)) ?? join(tmpdir(), `liveswap-cache-${process.getuid?.() ?? ''}`);
}

/** Works like {@link cacheFolder}, and resolves to `undefined` instead of the temporary folder. */
export async function packageCache(folder: string): Promise<string | undefined> {
  for (const at of [folder, ...foldersAbove(folder)]) {
    if (!(await exists(join(at, 'package.json')))) continue;
    const cache = join(at, 'node_modules/.cache/liveswap');
    return (await canWrite(cache)) ? cache : undefined;
  }
  return undefined;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function canWrite(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
