import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { heldSchedule } from '../../lib/adapters/held-schedule.js';
import { bind, type PluginHost } from '../../lib/plugin/host-binding.js';
import { takers } from '../../lib/plugin/takers.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: 10_000 }));
afterEach(() => void vi.useRealTimers());

test('a run that is due while a version is about to yield is made once, by the version that is active then', async () => {
  const ran: number[] = [];
  const ring = heldSchedule('* * * * * *', () => void ran.push(Date.now() / 1_000));
  // The schedule is made by now.
  await Promise.resolve();
  await takers.start();
  const at = (second: number): void => {
    vi.setSystemTime(second * 1_000);
    ring();
  };
  at(10);
  takers.hold();
  at(11);
  expect(ran).toEqual([10]);
  takers.letGo();
  expect(ran).toEqual([10, 11]);
  takers.hold();
  at(12);
  expect(await takers.pause()).toEqual({ 'schedule * * * * * *#0': { until: 11, last: 11 } });
  expect(ran).toEqual([10, 11]);
  await takers.start();
  expect(ran).toEqual([10, 11, 12]);
  at(13);
  expect(ran).toEqual([10, 11, 12, 13]);
});

test('a run that is due as its task is made is not made again by the version after, unless the task runs whenever it is made', async () => {
  const ran: string[] = [];
  vi.setSystemTime(20_000);
  heldSchedule('due', () => void ran.push('due again'), false)();
  heldSchedule('early', () => void ran.push('missed'), false)();
  heldSchedule('at once', () => void ran.push('made'))();
  await takers.start({
    'schedule due#0': { until: 20, last: 20 },
    'schedule early#0': { until: 20, last: 19 },
    'schedule at once#0': { until: 20, last: 20 },
  });
  expect(ran).toEqual(['missed', 'made']);
});

test('a run that is made up and fails is logged; the version goes on, and the other runs are made', async () => {
  const logged: string[] = [];
  const host: Pick<PluginHost, 'log' | 'waitUntil'> = {
    log: { ...console, error: (_fields: unknown, text?: string) => void logged.push(text ?? '') },
    waitUntil: () => {},
  };
  bind(host as PluginHost);
  const ran: string[] = [];
  const failures = [
    heldSchedule('throws', () => {
      throw new RangeError('late');
    }),
    heldSchedule('rejects', async () => {
      throw new RangeError('later');
    }),
  ];
  const good = heldSchedule('good', () => void ran.push('good'));
  await Promise.resolve();
  await takers.start();
  takers.hold();
  vi.setSystemTime(30_000);
  for (const ring of [...failures, good]) void ring();
  takers.letGo();
  await vi.waitFor(() =>
    expect(logged).toEqual([
      'A run of schedule throws failed: late',
      'A run of schedule rejects failed: later',
    ]),
  );
  expect(ran).toEqual(['good']);
});
