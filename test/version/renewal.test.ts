import { expect, test } from 'vitest';
import { LiveswapError } from '../../lib/core/errors.js';
import { Renewal, type RenewedThread } from '../../lib/version/renewal.js';
import { FakeClock } from '../helpers/fake-clock.js';

const MB = 2 ** 20;

/** Returns a sentry whose heap is always at the limit of `recycle`. */
const sentry = (thread: number, madeAt: number): RenewedThread => ({
  name: { plugin: 'tower', version: '0badcafe', thread },
  death: undefined,
  gauge: { heapUsedBytes: 64 * MB },
  madeAt,
});

test('of threads that are worn the oldest is replaced first, so that one that wears quickly leaves the others their turn', async () => {
  const clock = new FakeClock();
  const threads = [sentry(0, 0), sentry(1, 0)];
  const replaced: number[] = [];
  const renewal = new Renewal(
    {
      settings: { abandonedMs: Infinity, drainMs: 0, recycle: { heapMb: 64 } },
      group: {
        threads,
        serves: () => true,
        connectionOf: () => undefined,
        withdraw: () => {},
        seeOff: async () => [],
      },
      isNeeded: () => true,
      replace: async (index) => {
        replaced.push(index);
        return (threads[index] = sentry(index, clock.now()));
      },
      fill: async () => {},
      late: () => new LiveswapError('DRAIN_TIMEOUT', 'The sentry sleeps.'),
      gone: () => new LiveswapError('RETIRED', 'The sentry has left.'),
      emit: () => {},
    },
    clock,
  );
  for (let turn = 0; turn < 4; turn++) {
    await clock.advance(60_000);
    renewal.look();
    // All steps are promises that are fulfilled already.
    await new Promise(setImmediate);
  }
  expect(replaced).toEqual([0, 1, 0, 1]);
});
