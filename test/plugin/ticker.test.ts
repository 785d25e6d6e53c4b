import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LiveswapError } from '../../lib/core/errors.js';
import { every } from '../../lib/plugin/every.js';
import { Ticker, type TickerDeps } from '../../lib/plugin/ticker.js';
import { deferred } from '../helpers/deferred.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Returns a host that runs ticks, and a counter of those that it missed. */
function runner(): { host: TickerDeps; missed: () => number } {
  let missed = 0;
  return {
    missed: () => missed,
    host: {
      missed(ticks) {
        missed += ticks;
      },
      async run(tick) {
        await tick();
      },
    },
  };
}

test('nothing runs before it is started, nor after it is stopped, and it goes on when it is started again', async () => {
  const ticker = new Ticker();
  let ticks = 0;
  ticker.declare(1, () => ticks++);
  const { host } = runner();
  expect(ticks).toBe(0);
  ticker.start(host);
  await vi.advanceTimersByTimeAsync(3);
  expect(ticks).toBe(3);
  ticker.stop();
  await vi.advanceTimersByTimeAsync(10);
  expect(ticks).toBe(3);
  ticker.start(host);
  await vi.advanceTimersByTimeAsync(1);
  expect(ticks).toBe(4);
  ticker.stop();
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
  const { host, missed } = runner();
  ticker.start(host);
  await vi.advanceTimersByTimeAsync(1);
  expect(runs).toBe(1);
  ticker.stop();
  ticker.start(host);
  await vi.advanceTimersByTimeAsync(10);
  expect(runs).toBe(1);
  held.resolve();
  await vi.advanceTimersByTimeAsync(2);
  ticker.stop();
  expect(runs).toBe(3);
  expect(most).toBe(1);
  expect(missed()).toBe(10);
});

test('after a stop and a start in the middle of a run, the next one comes a period after the start', async () => {
  const ticker = new Ticker();
  const held = deferred<void>();
  let runs = 0;
  ticker.declare(10, () => (++runs === 1 ? held.promise : undefined));
  const { host, missed } = runner();
  ticker.start(host);
  await vi.advanceTimersByTimeAsync(14);
  ticker.stop();
  ticker.start(host);
  await vi.advanceTimersByTimeAsync(4);
  held.resolve();
  await vi.advanceTimersByTimeAsync(5);
  expect(runs).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(runs).toBe(2);
  await vi.advanceTimersByTimeAsync(10);
  expect(runs).toBe(3);
  ticker.stop();
  expect(missed()).toBe(0);
});

test('an activity forgets the declarations of the one before and makes them again; a run under way begins no other series', async () => {
  const ticker = new Ticker();
  const held = deferred<void>();
  const runs: string[] = [];
  ticker.declare(2, () => runs.push('lasting'));
  const { host } = runner();
  const beActive = (run: () => unknown): void => {
    ticker.renew();
    ticker.declare(2, run);
    ticker.start(host);
  };
  beActive(() => {
    runs.push('first');
    return held.promise;
  });
  await vi.advanceTimersByTimeAsync(2);
  ticker.stop();
  beActive(() => runs.push('second'));
  held.resolve();
  await vi.advanceTimersByTimeAsync(2);
  ticker.stop();
  expect(runs).toEqual(['lasting', 'first', 'lasting', 'second']);
});

test('a declaration outlasts the activity during which it was made, as by a module that is imported late', async () => {
  const ticker = new Ticker();
  const { host } = runner();
  const beActive = (): void => {
    const renewed = ticker.renew();
    renewed();
    ticker.start(host);
  };
  let ticks = 0;
  beActive();
  ticker.declare(2, () => ticks++);
  ticker.stop();
  beActive();
  await vi.advanceTimersByTimeAsync(2);
  ticker.stop();
  expect(ticks).toBe(1);
});

test('a lasting resource that is still opening when one that takes work first uses it leaves no trace on later declarations', async () => {
  const ticker = new Ticker();
  const opening = deferred<void>();
  const run = (): void => {};
  let pool: Promise<void> | undefined;
  const begin = ticker.renew();
  // The resource that takes work is opened again once the lasting one is open.
  void ticker.openRenewed(() => (pool = ticker.openLasting(() => opening.promise)));
  opening.resolve();
  await pool;
  ticker.openRenewed(() => ticker.declare(10, run));
  ticker.declare(10, run);
  begin();
  expect(ticker.count).toBe(2);
  ticker.renew()();
  expect(ticker.count).toBe(0);
});

test.each([[0], [-1], [Number.NaN], [Infinity], [2 ** 31], ['5']])('every(%o) is refused', (ms) => {
  expect(() => every(ms as number, () => {})).toThrow(LiveswapError);
});
