import { access, constants, mkdir } from 'node:fs/promises';
import { foldersAbove } from './paths.js';

/**
 * Creates a folder, and those above it that are missing; resolves to the outermost one that it has created. On a read-only file
 * system, `mkdir` reports that the folder does not exist (ENOENT); this function reports that it cannot be written to (EROFS).
 */
export async function makeFolder(path: string, mode?: number): Promise<string | undefined> {
  try {
    return await mkdir(path, { recursive: true, ...(mode !== undefined && { mode }) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw (await readOnlyAbove(path)) ?? error;
  }
}

/** Resolves to the error of the nearest folder that exists, if its file system is read-only. */
async function readOnlyAbove(path: string): Promise<Error | undefined> {
  for (const folder of foldersAbove(path)) {
    try {
      await access(folder, constants.W_OK);
      return undefined;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EROFS') return error as Error;
      if (code !== 'ENOENT') return undefined;
    }
  }
  return undefined;
}
