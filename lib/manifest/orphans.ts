import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isOwnerGone } from './owner.js';

/** A process that cannot be asked, such as one in another container, is believed to live for so long after its last sign. */
const FORGOTTEN_MS = 30 * 86_400_000;

/**
 * Deletes the folders of processes that are gone. Whatever else is there is somebody else's, and so is all that a link leads
 * to. A folder that cannot be deleted, such as another user's, is in nobody's way.
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
    if (isOwnerGone(name) ?? isForgotten) await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}

/** The name of a process, as ownerName() gives it, and of one of its swappers. */
const ownFolder = /^\d+-\d*-[\da-f]{8}-[\da-f]{8}$/;
