import { setTimeout as delay } from 'node:timers/promises';

/** On Windows nobody can replace or delete a file that another process has open, such as a scanner for viruses: it has it for a moment. */
const momentary = new Set(['EPERM', 'EACCES', 'EBUSY', 'ENOTEMPTY']);
const PATIENCE_MS = 2_000;

/** Tries again for a while what fails because somebody is reading the file; elsewhere that is no reason, and nothing is tried again. */
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
