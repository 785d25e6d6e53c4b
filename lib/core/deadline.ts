import { clearTimeout, setTimeout } from './timers.js';

/** The longest delay of a timer in Node (about 24.8 days); longer ones fire at once. */
export const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** Returns whether a timer can wait that long. Longer waits, Infinity included, never end. */
export function isTimeable(ms: number): boolean {
  return ms <= LONGEST_DELAY_MS;
}

/** Returns a signal that is aborted after `ms`, if that {@link isTimeable}; the platform takes no fractions. */
export function signalAfter(ms: number): AbortSignal {
  return isTimeable(ms) ? AbortSignal.timeout(Math.ceil(ms)) : new AbortController().signal;
}

/** Settles as `promise` does, or rejects with `late()` when that takes longer than `ms`, if that {@link isTimeable}. */
export async function withDeadline<T>(promise: Promise<T>, ms: number, late: () => unknown): Promise<T> {
  if (!isTimeable(ms)) return promise;
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late()), ms);
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
