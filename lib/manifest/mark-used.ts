import { lstat, lutimes, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Has all that is in a folder count as used now: systems remove files that nobody has used for days from their temporary folder, and
 * code may read one for the first time after weeks. What says when a file was changed stays. Never rejects.
 */
export async function markUsed(folder: string): Promise<void> {
  const within = await readdir(folder, { recursive: true }).catch(() => []);
  // One after the other: nobody waits for that, and a folder may have thousands.
  for (const path of within) await touch(join(folder, path)).catch(() => {});
}

async function touch(path: string): Promise<void> {
  const { mtime } = await lstat(path);
  await lutimes(path, new Date(), mtime);
}
