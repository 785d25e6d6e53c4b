import { access, constants, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LiveswapError, messageOf } from './errors.js';
import { makeOwnFolder } from './own-folder.js';
import { packageFolder } from './package-folder.js';

/**
 * Resolves to the folder for files that belong to the package of `folder`: `node_modules/.cache/liveswap` beside its
 * package.json, or this user's folder in the system's temporary one where there is no package, or its folder is not writable.
 *
 * @throws LiveswapError `OPTION_INVALID` when others may write to this user's folder: code is run from there
 */
export async function cacheFolder(folder: string): Promise<string> {
  return (await packageCache(folder)) ?? userCache();
}

/**
 * Resolves to this user's folder in the system's temporary one.
 *
 * @throws LiveswapError `OPTION_INVALID` when others may write to it: code is run from there
 */
export async function userCache(): Promise<string> {
  const folder = userCachePath();
  try {
    await makeOwnFolder(folder, 'write to');
    return folder;
  } catch (cause) {
    const message = `Cannot keep artifacts in ${folder}: ${messageOf(cause)}; remove it, or name a folder in TMPDIR or the option copyDir that this process may write to.`;
    throw new LiveswapError('OPTION_INVALID', message, { option: 'copyDir', cause });
  }
}

/** Returns the path of this user's folder in the system's temporary one, which may be missing, or may be another user's. */
export function userCachePath(): string {
  return join(tmpdir(), `liveswap-cache-${process.getuid?.() ?? ''}`);
}

/** Works like {@link cacheFolder}, and resolves to `undefined` instead of the temporary folder. */
export async function packageCache(folder: string): Promise<string | undefined> {
  const home = packageFolder(folder);
  const cache = home && join(home, 'node_modules/.cache/liveswap');
  return cache && (await canWrite(cache)) ? cache : undefined;
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
