import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** Contents and permissions of a file. */
export interface FileContent {
  readonly bytes: Buffer;
  /** Permission bits, which say who may read it. */
  readonly mode: number;
}

/** Reads a file. Anything else, such as a pipe that nobody may ever write to, is refused immediately. */
export async function readRegularFile(file: string): Promise<FileContent> {
  // Without O_NONBLOCK, opening a pipe blocks until a writer opens it. Windows has neither.
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = await handle.stat();
    // For a folder, reading fails with the system's own message.
    if (!stats.isFile() && !stats.isDirectory()) throw new Error('it is not a regular file');
    return { bytes: await handle.readFile(), mode: stats.mode & 0o777 };
  } finally {
    await handle.close();
  }
}
