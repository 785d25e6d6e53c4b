import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { makeFolder } from './make-folder.js';

/**
 * Creates a folder for this user alone, or checks that nobody else can change what is in it. In the system's temporary folder, anyone may
 * have made one of that name, or a link.
 *
 * @throws Error when it belongs to another user, or others have access to it; the platform's error when it cannot be made
 */
export async function makeOwnFolder(folder: string): Promise<void> {
  await makeFolder(folder, 0o700);
  refuseOthers(await lstat(folder));
}

/** @throws Error when the folder belongs to another user, or others have access to it */
export function refuseOthers(stats: Stats): void {
  if (process.platform === 'win32') return;
  const { uid, mode } = stats;
  if (!stats.isDirectory()) throw new Error('it is not a folder');
  if (uid !== process.getuid?.()) throw new Error(`it belongs to user ${uid}`);
  if ((mode & 0o077) !== 0) throw new Error('others may use it: its mode is not 0700');
}
