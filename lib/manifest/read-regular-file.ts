import type { BigIntStats } from 'node:fs';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { fileMark } from '../core/file-mark.js';

/** Contents and permissions of a file. */
export interface FileContent {
  readonly bytes: Buffer;
  /** Permission bits, which say who may read it. */
  readonly mode: number;
  /** Text that differs once the file was written again; `undefined` when a write so soon after another could leave it the same. */
  readonly mark: string | undefined;
}

/** Milliseconds by which the times of a file may lag behind the clock: on FAT they advance by two seconds. */
const COARSEST_STEP_MS = 3_000n;

/**
 * Reads a file. Anything else, such as a pipe that nobody may ever write to, is refused immediately.
 *
 * @returns `undefined` when the file still has the mark `known`, without reading it.
 */
export async function readRegularFile(file: string, known?: string): Promise<FileContent | undefined> {
  // Without O_NONBLOCK, opening a pipe blocks until a writer opens it; Windows has neither. Opening a file also makes NFS ask its
  // server for the times.
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = await handle.stat({ bigint: true });
    // For a folder, reading fails with the system's own message.
    if (!stats.isFile() && !stats.isDirectory()) throw new Error('it is not a regular file');
    const mark = markOf(stats);
    if (mark !== undefined && mark === known) return undefined;
    return { bytes: await readBytes(handle, Number(stats.size)), mode: Number(stats.mode) & 0o777, mark };
  } finally {
    // Nobody waits for that: the bytes are read, and a reload waits for each request to the system in turn.
    handle.close().catch(() => {});
  }
}

/** Reads a file of `size` bytes in one request; `readFile` would ask for the size once more. */
async function readBytes(handle: FileHandle, size: number): Promise<Buffer> {
  // Folders and files without a known size.
  if (size === 0) return handle.readFile();
  const bytes = Buffer.allocUnsafeSlow(size);
  let length = 0;
  while (length < size) {
    const { bytesRead } = await handle.read(bytes, length, size - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}

function markOf(stats: BigIntStats): string | undefined {
  const { mtimeNs, ctimeNs } = stats;
  const newest = (mtimeNs > ctimeNs ? mtimeNs : ctimeNs) / 1_000_000n;
  if (newest + COARSEST_STEP_MS > BigInt(Date.now())) return undefined;
  return fileMark(stats);
}
