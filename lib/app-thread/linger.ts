import { LONGEST_DELAY_MS } from '../core/deadline.js';
import { performance, setTimeout } from '../core/timers.js';
import { boundHost } from '../plugin/host-binding.js';
import type { RequestTimes } from './request-times.js';

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

/** Makes a version that drains wait for `lingered`, and again after a request that is open then and ends later. */
export function lingerWhileDraining(times: RequestTimes, lingered: () => Promise<void>): void {
  let isLingering = false;
  const hold = (): void => {
    // One that is under way sees by itself that another request has ended.
    if (isLingering) return;
    isLingering = true;
    boundHost().waitUntil(lingered().then(() => (isLingering = false)));
  };
  const onDrain = (): void => {
    hold();
    times.onEnded = hold;
  };
  boundHost().signal.addEventListener('abort', onDrain, { once: true });
}
