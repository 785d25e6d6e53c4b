import { readFileSync } from 'node:fs';
import { LiveswapError } from '../core/errors.js';

/** Returns true when the system has no more watches to give: Linux counts them per user. */
export function isExhausted(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EMFILE';
}

/** Returns an error that says that files are now looked at every `everyMs` milliseconds, and which limit to raise. */
export function watchesExhausted(cause: unknown, everyMs: number): LiveswapError {
  const limit = limitOf('/proc/sys/fs/inotify/max_user_watches');
  const figure = limit === undefined ? '' : ` (fs.inotify.max_user_watches is ${limit})`;
  return new LiveswapError(
    'WATCH_FAILED',
    `The system has no watches left for more files${figure}: all of them are looked at every ${everyMs} ms instead. Raise the limit, sysctl fs.inotify.max_user_watches=524288, or watch fewer files.`,
    { cause },
  );
}

function limitOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}
