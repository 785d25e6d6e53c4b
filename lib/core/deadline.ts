import { clearTimeout, setTimeout } from './timers.js';

/** The longest delay setTimeout and setInterval take (about 24.8 days); they fire at once when given more. */
export const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** Settles as `promise` does, or rejects with `late()` when that takes longer than `ms`; Infinity waits for ever. */
export async function withDeadline<T>(promise: Promise<T>, ms: number, late: () => unknown): Promise<T> {
  if (ms === Infinity) return promise;
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late()), Math.min(ms, LONGEST_DELAY_MS));
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
