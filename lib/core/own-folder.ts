import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { makeFolder } from './make-folder.js';

/** What others must not do with a folder. */
type Access = 'use' | 'write to';

/** Permissions by which others have it. */
const bits: Readonly<Record<Access, number>> = { use: 0o077, 'write to': 0o022 };

/**
 * Creates a folder for this user alone, or checks that nobody else can change what is in it. In the system's temporary folder, anyone may
 * have made one of that name, or a link.
 *
 * @throws Error when it belongs to another user, or others have `access` to it; the platform's error when it cannot be made
 */
export async function makeOwnFolder(folder: string, access: Access): Promise<void> {
  await makeFolder(folder, 0o700);
  refuseOthers(await lstat(folder), access);
}

/** @throws Error when the folder belongs to another user, or others have `access` to it */
export function refuseOthers(stats: Stats, access: Access): void {
  if (process.platform === 'win32') return;
  const { uid, mode } = stats;
  if (!stats.isDirectory()) throw new Error('it is not a folder');
  if (uid !== process.getuid?.()) throw new Error(`it belongs to user ${uid}`);
  if ((mode & bits[access]) !== 0) throw new Error(`others may ${access} it: its mode is not 0700`);
}
