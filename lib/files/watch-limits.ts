import { readFileSync } from 'node:fs';
import { LiveswapError } from '../core/errors.js';

/** Returns true when the system has no more watches to give: Linux counts them per user. */
export function isExhausted(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EMFILE';
}

/** Returns an error that tells that files are now looked at every `everyMs` milliseconds, and which limit to raise. */
export function watchesExhausted(cause: unknown, everyMs: number): LiveswapError {
  // When no instance of inotify is left, the limit of watches does not matter.
  const isOfInstances = (cause as NodeJS.ErrnoException).code === 'EMFILE';
  const [name, enough] = isOfInstances ? ['max_user_instances', 1024] : ['max_user_watches', 524_288];
  const limit = limitOf(`/proc/sys/fs/inotify/${name}`);
  const figure = limit === undefined ? '' : ` (fs.inotify.${name} is ${limit})`;
  return new LiveswapError(
    'WATCH_FAILED',
    `The system has no watches left for more files${figure}: all of them are looked at every ${everyMs} ms instead. Raise the limit, sysctl fs.inotify.${name}=${enough}, or watch fewer files.`,
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
