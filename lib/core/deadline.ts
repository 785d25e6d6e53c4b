import { clearTimeout, setTimeout } from './timers.js';

/** The longest delay of a timer in Node (about 24.8 days); longer ones fire at once. */
export const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** Returns whether a timer can wait that long. Longer waits, Infinity included, never end. */
export function isTimeable(ms: number): boolean {
  return ms <= LONGEST_DELAY_MS;
}

/**
 * Returns a signal that is aborted after `ms`, if that {@link isTimeable}. In Node 20, one of `AbortSignal.timeout` may be
 * collected while only `AbortSignal.any` knows it: whoever waits then waits for ever.
 */
export function signalAfter(ms: number): AbortSignal {
  const late = new AbortController();
  const abort = (): void =>
    late.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
  if (isTimeable(ms)) setTimeout(abort, ms).unref();
  return late.signal;
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
