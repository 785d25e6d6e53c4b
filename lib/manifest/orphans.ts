import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { removeDespiteReaders } from '../core/despite-readers.js';
import { isOwnerGone } from './owner.js';

/** Time for which a process that cannot be checked, such as one in another container, is assumed to live after its last sign. */
const FORGOTTEN_MS = 30 * 86_400_000;

/**
 * Deletes the folders of processes that have ended. All other entries belong to somebody else, as does everything behind a link.
 * A folder that cannot be deleted, such as another user's, does no harm.
 */
export async function removeOrphans(parent: string): Promise<void> {
  const itself = await lstat(parent).catch(() => undefined);
  if (!itself?.isDirectory()) return;
  for (const name of await readdir(parent).catch(() => [])) {
    if (!ownFolder.test(name)) continue;
    const folder = join(parent, name);
    const stats = await lstat(folder).catch(() => undefined);
    if (!stats?.isDirectory()) continue;
    const isForgotten = Date.now() - stats.mtimeMs > FORGOTTEN_MS;
    if (isOwnerGone(name) ?? isForgotten) await removeDespiteReaders(folder).catch(() => {});
  }
}

/** Folder name: the name of a process, as ownerName() returns it, and of one of its swappers. */
const ownFolder = /^\d+-\d*-[\da-f]{8}-[\da-f]{8}$/;
