import { isTimeable, LONGEST_DELAY_MS } from '../core/deadline.js';
import { LiveswapError } from '../core/errors.js';
import { ticker } from './ticker.js';

/**
 * Runs `run` every `ms` milliseconds while this version is the active one, in its first thread only; never in two versions. Call
 * it at module level or in a hook. The next run waits for the last to end; missed ticks are dropped and counted. An error of a
 * run is reported, and the next run still takes place.
 *
 * @example
 * every(1000 / 60, () => world.tick());
 * @throws LiveswapError `OPTION_INVALID`
 */
export function every(ms: number, run: () => unknown): void {
  if (typeof ms !== 'number' || !(ms > 0 && isTimeable(ms)) || typeof run !== 'function') {
    throw new LiveswapError(
      'OPTION_INVALID',
      `every cannot be used: it takes milliseconds above 0, up to ${LONGEST_DELAY_MS}, and a function, but got ${String(ms)} and a ${typeof run}.`,
      { option: 'every' },
    );
  }
  ticker.declare(ms, run);
}
