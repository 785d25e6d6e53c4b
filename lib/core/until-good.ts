import { duration, type Checks } from './check-options.js';
import { LONGEST_DELAY_MS } from './deadline.js';
import { performance, setTimeout } from './timers.js';

/** Pause between two tries, in milliseconds. */
const PAUSE_MS = 25;

/** Limits of {@link untilGood}, in milliseconds. */
export interface UntilGoodOptions {
  /** Time for which answers must stay good. */
  readonly settleMs: number;
  readonly timeoutMs: number;
}

/** The requirements on options that say which path is requested {@link untilGood}. */
export const warmChecks: Checks<UntilGoodOptions & { readonly path: string }> = {
  path: ['a path', (value) => typeof value === 'string' && value.startsWith('/')],
  settleMs: duration,
  timeoutMs: duration,
};

/**
 * Requests an HTTP status until it is below 500 and stays so. `ask` receives its time limit in milliseconds, and resolves to the
 * reason if there is no status.
 *
 * @returns `undefined` when all is good, else the last answer.
 * @throws whatever `ask` throws
 */
export async function untilGood(
  ask: (ms: number) => Promise<number | string>,
  { settleMs, timeoutMs }: UntilGoodOptions,
): Promise<number | string | undefined> {
  const until = performance.now() + timeoutMs;
  let since: number | undefined;
  for (;;) {
    // A timer that waits longer would be over at once, or is refused by the platform.
    const answer = await ask(Math.min(until - performance.now(), LONGEST_DELAY_MS));
    const now = performance.now();
    if (typeof answer !== 'number' || answer >= 500) since = undefined;
    else if (now - (since ??= now) >= settleMs) return undefined;
    if (now >= until) return answer;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
