import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { performance } from './timers.js';

/**
 * Codes of errors that pass. On Windows, a file cannot be replaced or deleted while another process, such as a virus scanner, has
 * it open, usually for a moment.
 */
const momentary = new Set(['EPERM', 'EACCES', 'EBUSY', 'ENOTEMPTY']);
const PATIENCE_MS = 2_000;

/**
 * Retries an operation for a while if it fails because another process is reading the file. On other systems readers do not
 * interfere, and nothing is retried.
 */
export async function despiteReaders<T>(
  run: () => Promise<T>,
  platform: NodeJS.Platform = process.platform,
): Promise<T> {
  const until = performance.now() + PATIENCE_MS;
  for (let pauseMs = 5; ; pauseMs = Math.min(pauseMs * 2, 100)) {
    try {
      return await run();
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (platform !== 'win32' || !momentary.has(code) || performance.now() + pauseMs > until) throw error;
      await delay(pauseMs);
    }
  }
}

/** Deletes a file, or a folder with all that is in it, if there is one; readers are waited for as in {@link despiteReaders}. */
export function removeDespiteReaders(path: string): Promise<void> {
  return despiteReaders(() => rm(path, { recursive: true, force: true }));
}
