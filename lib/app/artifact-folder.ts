import { realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isPackaged } from '../core/paths.js';
import { hashOf } from '../manifest/hash.js';
import { cacheFolder } from './cache-folder.js';

/**
 * Returns the folder for the artifact of an app: one for each entry, so that two apps of one package do not collide. A command of
 * a package belongs to the package of the working folder.
 *
 * @param copyDir replaces the cache of the entry's package.
 */
export async function artifactFolder(entry: string, copyDir?: string): Promise<string> {
  const path = await realpath(resolve(entry)).catch(() => resolve(entry));
  const [home, key] = isPackaged(path) ? [process.cwd(), `${path}\0${process.cwd()}`] : [dirname(path), path];
  const folder = copyDir === undefined ? await cacheFolder(home) : resolve(copyDir);
  return join(folder, `app-${hashOf(Buffer.from(key)).slice(0, 8)}`);
}
