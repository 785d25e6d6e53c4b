import { access, constants, mkdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * Resolves to the folder for files that belong to the package of `folder`: `node_modules/.cache/liveswap` beside its
 * package.json, or a folder in the system's temporary one where there is no package, or its folder is not writable.
 */
export async function cacheFolder(folder: string): Promise<string> {
  for (let at = folder; ; at = dirname(at)) {
    if (await exists(join(at, 'package.json'))) {
      const cache = join(at, 'node_modules/.cache/liveswap');
      return (await canWrite(cache)) ? cache : temporary();
    }
    if (dirname(at) === at) return temporary();
  }
}

function temporary(): string {
  return join(tmpdir(), `liveswap-cache-${process.getuid?.() ?? ''}`);
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
