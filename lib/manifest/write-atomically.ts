import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, open, readFile, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { messageOf } from '../core/errors.js';
import { despiteReaders, removeDespiteReaders } from '../core/despite-readers.js';
import { isPlugNPlay } from '../core/plug-n-play.js';

/** Under the permission model, Node 24 and newer refuse to sync a file: there each write of its own waits for the disk. */
const SYNCED = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_SYNC;

/**
 * Writes a file so that readers, at any moment and after any crash, see either the old bytes or the new ones, complete. Several
 * processes may write the same file at once: the last one wins.
 *
 * @param options.mode permissions of the file. Default: those of a new one.
 * @param options.isCache true if the file may be lost when the machine crashes: then nothing waits for the disk.
 */
export async function writeAtomically(
  file: string,
  bytes: Uint8Array | string,
  { mode, isCache = false }: { readonly mode?: number; readonly isCache?: boolean } = {},
): Promise<void> {
  const temporary = join(dirname(file), `.${basename(file)}.${randomUUID()}.tmp`);
  try {
    const mayNotSync = 'permission' in process;
    const handle = await open(temporary, mayNotSync && !isCache ? SYNCED : 'wx');
    try {
      await handle.writeFile(bytes);
      // Yarn's handles have no such method.
      if (!isCache && !mayNotSync && !isPlugNPlay) await handle.sync();
    } finally {
      await handle.close();
    }
    if (mode !== undefined) await chmod(temporary, mode);
    await despiteReaders(() => rename(temporary, file));
  } catch (cause) {
    await removeDespiteReaders(temporary);
    // Some of these errors name no file, such as that of a full disk, the others the temporary one.
    throw new Error(`Cannot write ${file}: ${messageOf(cause)}`, { cause });
  }
}

/** Works like {@link writeAtomically}, unless the file has these bytes already. Resolves to true when it was written. */
export async function writeIfChanged(file: string, bytes: Uint8Array | string): Promise<boolean> {
  const before = await readFile(file).catch(() => undefined);
  if (before?.equals(typeof bytes === 'string' ? Buffer.from(bytes) : bytes)) return false;
  await writeAtomically(file, bytes);
  return true;
}
