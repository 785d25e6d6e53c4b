import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** A file as it was read. */
export interface FileContent {
  readonly bytes: Buffer;
  /** Who may read it: the permission bits. */
  readonly mode: number;
}

/** Reads a file. Anything else, such as a pipe that nobody may ever write to, is refused at once. */
export async function readRegularFile(file: string): Promise<FileContent> {
  // Without O_NONBLOCK, opening a pipe waits for whoever writes to it. Windows has neither.
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = await handle.stat();
    // Of a folder, reading says the same in the words of the system.
    if (!stats.isFile() && !stats.isDirectory()) throw new Error('it is not a regular file');
    return { bytes: await handle.readFile(), mode: stats.mode & 0o777 };
  } finally {
    await handle.close();
  }
}
