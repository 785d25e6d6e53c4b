import { realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isPackaged } from '../core/paths.js';
import { hashOf } from '../manifest/hash.js';
import { cacheFolder } from '../core/cache-folder.js';

/** Options that give an app's artifact a folder of its own. */
export interface ArtifactFolderOptions {
  /** Replaces the cache of the entry's package. */
  readonly copyDir?: string | undefined;
  /** The folder of the plugins beside it. */
  readonly plugins?: string | undefined;
  readonly name?: string | undefined;
}

/**
 * Resolves to the folder for the artifact of an app: one for each entry, so that two apps of one package do not collide. A
 * command of a package belongs to the package of the working folder. Artifacts of plugins are put beside that of their app, and
 * removed, so there the app has a folder below that one for each folder of plugins.
 */
export async function artifactFolder(
  entry: string,
  { copyDir, plugins, name = '' }: ArtifactFolderOptions = {},
): Promise<string> {
  const path = await realPath(entry);
  const [home, key] = isPackaged(path) ? [process.cwd(), `${path}\0${process.cwd()}`] : [dirname(path), path];
  const folder = copyDir === undefined ? await cacheFolder(home) : resolve(copyDir);
  const own = join(folder, `app-${shortHash(key)}`);
  if (plugins === undefined) return own;
  return join(own, `with-${shortHash(`${await realPath(plugins)}\0${name}`)}`);
}

function realPath(path: string): Promise<string> {
  return realpath(resolve(path)).catch(() => resolve(path));
}

function shortHash(key: string): string {
  return hashOf(Buffer.from(key)).slice(0, 8);
}
