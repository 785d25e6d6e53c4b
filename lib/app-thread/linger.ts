import { LONGEST_DELAY_MS } from '../core/deadline.js';
import { performance, setTimeout } from '../core/timers.js';

/**
 * Resolves `ms` milliseconds after the last request, because its handler may have left work running. `lastEndedAt` returns
 * `performance.now()` when that request ended.
 */
export async function linger(ms: number, lastEndedAt: () => number): Promise<void> {
  for (;;) {
    const left = lastEndedAt() + ms - performance.now();
    if (left <= 0) return;
    await new Promise((resolve) => setTimeout(resolve, Math.min(left, LONGEST_DELAY_MS)));
  }
}
