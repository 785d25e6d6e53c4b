import { expect, test } from 'vitest';
import { LiveswapError } from '../../lib/core/errors.js';
import { every } from '../../lib/plugin/every.js';
import { Ticker, type TickerHost } from '../../lib/plugin/ticker.js';
import { deferred } from '../helpers/deferred.js';

/** Runs ticks, counts those that are missed, and lets a test wait for the next one. */
function runner(): { host: TickerHost; next: () => Promise<void>; missed: () => number } {
  let told = deferred<void>();
  let missed = 0;
  return {
    missed: () => missed,
    host: {
      missed(ticks) {
        missed += ticks;
      },
      async run(tick) {
        await tick();
        told.resolve();
        told = deferred();
      },
    },
    next: () => told.promise,
  };
}

test('nothing runs before it is started, nor after it is stopped, and it goes on when it is started again', async () => {
  const ticker = new Ticker();
  let ticks = 0;
  ticker.declare(1, () => ticks++);
  const { host, next } = runner();
  expect(ticks).toBe(0);
  ticker.start(host);
  await next();
  ticker.stop();
  const before = ticks;
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(ticks).toBe(before);
  ticker.start(host);
  await next();
  ticker.stop();
  expect(ticks).toBeGreaterThan(before);
});

test('the next run waits for the last to end; what is missed is counted, and a stop in the middle begins no second series', async () => {
  const ticker = new Ticker();
  const held = deferred<void>();
  let running = 0;
  let most = 0;
  let runs = 0;
  ticker.declare(1, async () => {
    most = Math.max(most, ++running);
    if (++runs === 1) await held.promise;
    running--;
  });
  const { host, next, missed } = runner();
  ticker.start(host);
  await expect.poll(() => runs).toBe(1);
  ticker.stop();
  ticker.start(host);
  await new Promise((resolve) => setTimeout(resolve, 10));
  held.resolve();
  await next();
  await next();
  ticker.stop();
  expect(most).toBe(1);
  expect(missed()).toBeGreaterThan(0);
});

test.each([[0], [-1], [Number.NaN], [Infinity], [2 ** 31], ['5']])('every(%o) is refused', (ms) => {
  expect(() => every(ms as number, () => {})).toThrow(LiveswapError);
});
