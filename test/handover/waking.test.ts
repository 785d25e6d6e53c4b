import { expect, test } from 'vitest';
import { LiveswapError } from '../../lib/core/errors.js';
import { wake } from '../../lib/handover/waking.js';
import type { SwapEvent } from '../../lib/observe/events.js';
import type { Version } from '../../lib/version/version.js';
import { deferred } from '../helpers/deferred.js';
import { FakeClock } from '../helpers/fake-clock.js';

/** Makes a version that yielded, and that fails to become active `failures` times. */
function sleeper(failures: number): { version: Version; attempts: unknown[][]; leave: () => void } {
  const attempts: unknown[][] = [];
  const activity = {
    state: { kind: 'yielded', batons: ['post'] } as { kind: string; batons?: string[] },
    takeTurn: async () => () => {},
    resume: () => {},
    async activate(...args: unknown[]) {
      attempts.push(args);
      if (attempts.length <= failures) {
        activity.state = { kind: 'asleep', batons: ['post'] };
        throw new LiveswapError('HOOK_FAILED', 'onActive failed.', { hook: 'onActive' });
      }
      activity.state = { kind: 'active' };
    },
  };
  const gone = deferred();
  const retired = gone.promise;
  const version = { plugin: 'guard', id: '00000000', state: { kind: 'active' }, activity, retired };
  return { version: version as unknown as Version, attempts, leave: () => gone.resolve() };
}

test('a version that cannot be woken is tried again after a second, then after pauses that double to thirty, each time with what it had handed over', async () => {
  const { version, attempts } = sleeper(7);
  const events: SwapEvent[] = [];
  const clock = new FakeClock();
  await wake(version, 'reload', (event) => events.push(event), clock);
  const pauses = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000];
  for (const [index, pause] of pauses.entries()) {
    await clock.advance(pause - 1);
    expect(attempts).toHaveLength(index + 1);
    await clock.advance(1);
    expect(attempts).toHaveLength(index + 2);
  }
  expect(version.activity.state.kind).toBe('active');
  expect(attempts).toEqual(Array.from({ length: 8 }, () => ['reload', ['post']]));
  expect(events).toMatchObject(
    pauses.map((retryInMs) => ({
      type: 'activeFailed',
      plugin: 'guard',
      retryInMs,
      error: { code: 'HOOK_FAILED' },
    })),
  );
});

test('a version that has left is not tried again', async () => {
  const { version, attempts, leave } = sleeper(1);
  const clock = new FakeClock();
  await wake(version, 'reload', () => {}, clock);
  leave();
  await version.retired;
  await clock.advance(60_000);
  expect(attempts).toHaveLength(1);
});

test('a version that had not yielded goes on as it was', async () => {
  const { version, attempts } = sleeper(0);
  await version.activity.activate('load');
  attempts.length = 0;
  await wake(version, 'reload', () => {});
  expect(attempts).toEqual([]);
});
