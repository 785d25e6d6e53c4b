import { lstat, lutimes, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Has all that is in a folder count as used now: systems remove files that nobody has used for days from their temporary folder, and
 * code may read one for the first time after weeks. What says when a file was changed stays. Never rejects.
 */
export async function markUsed(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  // One after the other: nobody waits for that, and a folder may have thousands.
  for (const entry of entries) {
    const path = join(folder, entry.name);
    await touch(path).catch(() => {});
    // What links lead to is not in the folder: such as packages. A recursive `readdir` follows them.
    if (entry.isDirectory()) await markUsed(path);
  }
}

async function touch(path: string): Promise<void> {
  const { mtime } = await lstat(path);
  await lutimes(path, new Date(), mtime);
}
