import { availableParallelism } from 'node:os';
import { setImmediate as turnEnd } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { ThreadFacts } from '../../lib/surface/thread-surface.js';
import type { ThreadHandle } from '../../lib/version/thread-handle.js';
import type { StepDeadline } from '../../lib/version/thread-steps.js';
import { activityMoves, VersionActivity } from '../../lib/version/version-activity.js';

const baton = { liveData: 'liveswap/1', data: '["post"]' } as const;

/** Makes the activity of a version whose threads note their requests. */
function activityOf(threads: readonly { index: number; death?: Error; fails?: boolean }[]): {
  activity: VersionActivity;
  asked: string[];
  deadlines: Map<string, StepDeadline>;
} {
  const asked: string[] = [];
  const deadlines = new Map<string, StepDeadline>();
  const handles = threads.map(
    ({ index, death, fails }) =>
      ({ name: { thread: index }, death, fails, ask: async () => {} }) as unknown as ThreadHandle,
  );
  const activity = new VersionActivity({
    subject: 'guardian@00000000',
    exclusive: false,
    startMs: 1_000,
    yieldMs: 100,
    threads: () => handles,
    isLastTry: () => false,
    steps: {
      facts: { hasActivity: true, keepsState: false } as ThreadFacts,
      ask: (async (thread: ThreadHandle, method: string, args: unknown[], deadline: StepDeadline) => {
        deadlines.set(method, deadline);
        asked.push(
          `${thread.name.thread} ${method} ${args.map((one) => (one === baton ? 'baton' : String(one))).join(' ')}`,
        );
        const isBroken = (thread as unknown as { fails?: boolean }).fails && method === 'yield';
        if (isBroken) throw new RangeError('the horn broke');
        return method === 'yield' ? baton : undefined;
      }) as never,
    },
  });
  return { activity, asked, deadlines };
}

test('its table has no way back to waiting, and out of yielded only by being woken', () => {
  expect(activityMoves).toEqual({
    waiting: ['active'],
    active: ['yielding'],
    yielding: ['yielded'],
    yielded: ['active', 'asleep'],
    asleep: ['active', 'asleep', 'yielded'],
  });
});

test('it yields once: what is handed over is kept for the successor, and for itself when it is woken', async () => {
  const { activity, asked } = activityOf([{ index: 0 }, { index: 1 }]);
  expect(await activity.yield('reload')).toEqual([]);
  await activity.activate('load');
  const batons = await activity.yield('reload');
  expect(batons).toEqual([baton, baton]);
  expect(await activity.yield('close')).toBe(batons);
  await activity.activate('reload', batons);
  expect(activity.isActive).toBe(true);
  expect(asked).toEqual([
    '0 activate load undefined',
    '1 activate load undefined',
    '0 yield reload false',
    '1 yield reload false',
    '0 activate reload baton',
    '1 activate reload baton',
  ]);
});

test('it becomes active within startMs, and yields within yieldMs', async () => {
  const { activity, deadlines } = activityOf([{ index: 0 }]);
  await activity.activate('load');
  await activity.yield('reload');
  expect(Object.fromEntries(deadlines)).toEqual({
    activate: { hook: 'onActive', ms: 1_000, option: 'startMs' },
    yield: { hook: 'onYield', ms: 100, option: 'yieldMs' },
  });
});

test('a dead thread hands nothing over, and one that fails has yielded all the same', async () => {
  const { activity } = activityOf([{ index: 0, death: new Error('fallen') }, { index: 1 }]);
  await activity.activate('load');
  expect(await activity.yield('reload')).toEqual([undefined, baton]);
  const broken = activityOf([{ index: 0, fails: true }, { index: 1 }]).activity;
  await broken.activate('load');
  await expect(broken.yield('reload')).rejects.toThrow('the horn broke');
  expect(broken.state).toMatchObject({ kind: 'yielded', batons: [undefined, baton] });
});

test('of versions whose threads nobody waits for, few are told at a time', async () => {
  let telling = 0;
  let most = 0;
  const told: number[] = [];
  const activities = Array.from({ length: 20 * availableParallelism() }, (_, index) => {
    const handle = { name: { thread: 0 } } as unknown as ThreadHandle;
    return new VersionActivity({
      subject: `guardian${index}@00000000`,
      exclusive: false,
      startMs: 1_000,
      yieldMs: 100,
      threads: () => [handle],
      isLastTry: () => false,
      steps: {
        facts: { hasActivity: false, keepsState: false } as ThreadFacts,
        ask: (async () => {
          most = Math.max(most, ++telling);
          await turnEnd();
          telling--;
          told.push(index);
        }) as never,
      },
    });
  });
  await Promise.all(activities.map((activity) => activity.activate('load')));
  await expect.poll(() => told).toHaveLength(activities.length);
  // A place that is held for too long is given back, so a slow machine may see some more.
  expect(most).toBeLessThanOrEqual(3 * availableParallelism());
});
