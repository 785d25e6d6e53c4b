import { stat } from 'node:fs/promises';

/** Resolves to the time of the file that was changed first, in milliseconds; those that are gone do not count. */
export async function oldestTime(paths: Iterable<string>): Promise<number> {
  const times = await Promise.all(
    Array.from(paths, (path) =>
      stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => Infinity,
      ),
    ),
  );
  return times.reduce((oldest, time) => Math.min(oldest, time), Infinity);
}
