import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 1;

/** The duration of some work, and the longest time that it blocked the event loop of this thread. Both in milliseconds. */
export interface Held {
  readonly ms: number;
  readonly stoodStill: number;
}

/** Runs `work` and watches the event loop meanwhile. */
export async function watchLoop(work: () => Promise<unknown>): Promise<Held> {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  // The watch compares each of its ticks with the one before: without a first one, it does not see the turn in which work begins.
  while (delays.count === 0) await new Promise((resolve) => setTimeout(resolve, RESOLUTION_MS));
  const began = performance.now();
  await work();
  const ms = performance.now() - began;
  // The watch sees a turn that blocks the loop only when that turn has ended.
  await new Promise((resolve) => setTimeout(resolve, 2 * RESOLUTION_MS));
  delays.disable();
  return { ms, stoodStill: Math.max(0, delays.max / 1e6 - RESOLUTION_MS) };
}
