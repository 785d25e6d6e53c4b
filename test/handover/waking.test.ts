import { expect, test } from 'vitest';
import { LiveswapError } from '../../lib/core/errors.js';
import { wake } from '../../lib/handover/waking.js';
import type { SwapEvent } from '../../lib/observe/events.js';
import type { Version } from '../../lib/version/version.js';

/** A version that yielded, and that fails to become active so many times. */
function sleeper(failures: number): { version: Version; attempts: unknown[][] } {
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
  const version = { plugin: 'guard', id: '00000000', state: { kind: 'active' }, activity };
  return { version: version as unknown as Version, attempts };
}

test('a version that cannot be woken is tried again after pauses that double, each time with what it had handed over', async () => {
  const { version, attempts } = sleeper(4);
  const events: SwapEvent[] = [];
  await wake(version, 'reload', (event) => events.push(event), 1);
  await expect.poll(() => version.activity.state.kind).toBe('active');
  expect(attempts).toEqual(Array.from({ length: 5 }, () => ['reload', ['post']]));
  expect(events).toMatchObject(
    [1, 2, 4, 8].map((retryInMs) => ({
      type: 'activeFailed',
      plugin: 'guard',
      retryInMs,
      error: { code: 'HOOK_FAILED' },
    })),
  );
});

test('the first pause is a second', async () => {
  const events: SwapEvent[] = [];
  await wake(sleeper(1).version, 'reload', (event) => events.push(event));
  expect(events).toMatchObject([{ type: 'activeFailed', retryInMs: 1_000 }]);
});

test('a version that had not yielded goes on as it was', async () => {
  const { version, attempts } = sleeper(0);
  await version.activity.activate('load');
  attempts.length = 0;
  await wake(version, 'reload', () => {});
  expect(attempts).toEqual([]);
});
