import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LiveClasses } from '../../lib/live-data/live-data.js';
import type { PluginDefinition } from '../../lib/plugin/definition.js';
import { every } from '../../lib/plugin/every.js';
import { resource } from '../../lib/plugin/resource.js';
import { Resources, resources } from '../../lib/plugin/resources.js';
import { ticker } from '../../lib/plugin/ticker.js';
import { Activity, type ActivityDeps } from '../../lib/thread/activity.js';
import { deferred } from '../helpers/deferred.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  ticker.stop();
  vi.useRealTimers();
});

/** Makes the activity of a plugin in one thread. */
function activityOf(
  plugin: PluginDefinition,
  { declared = resources, hold = () => {} }: { declared?: Resources; hold?: ActivityDeps['hold'] } = {},
): Activity {
  declared.belongToThread();
  const artifact = {
    plugin,
    resources: declared,
    ticker,
    symbols: {},
    liveFunctions: {},
    liveTypes: {},
    bind() {},
  };
  return new Activity({
    artifact,
    liveClasses: new LiveClasses(),
    isFirstThread: true,
    cause: 'load',
    runHook: (hook) => hook(),
    begin: () => ticker.start({ run: async (tick) => void (await tick()), missed() {} }),
    end: () => ticker.stop(),
    hold,
    tellHost: () => {},
  });
}

test('when it goes on after a refused reload, each run of every goes on once: of what stays open, and of what is opened again', async () => {
  const ticks: string[] = [];
  const declare = (name: string): void => every(10, () => ticks.push(name));
  resource(() => declare('cache'), { open: 'active' });
  resource(async () => declare('prices'), { open: 'active' });
  resource(() => declare('consumer'), { takesWork: true });
  const activity = activityOf({ onActive: () => declare('onActive') });
  const everyOne = ['cache', 'prices', 'consumer', 'onActive'];
  await activity.activate('load', undefined);
  await vi.advanceTimersByTimeAsync(10);
  expect(ticks.splice(0)).toEqual(everyOne);
  await activity.yield('reload', true);
  await activity.activate('reload', undefined);
  await vi.advanceTimersByTimeAsync(10);
  expect(ticks.splice(0).toSorted()).toEqual(everyOne.toSorted());
});

test('a run of what takes work goes on once, too, where something that stays open was the first to use it', async () => {
  let ticks = 0;
  resource(() => consumer(), { open: 'active' });
  const consumer = resource(() => every(10, () => ticks++), { takesWork: true });
  const activity = activityOf({});
  await activity.activate('load', undefined);
  await activity.yield('reload', true);
  await activity.activate('reload', undefined);
  await vi.advanceTimersByTimeAsync(10);
  expect(ticks).toBe(1);
});

test('a resource that takes work is closed when onActive fails, and opened again with the next try', async () => {
  const told: string[] = [];
  const open = (): void => void told.push('takes work');
  resource(open, () => void told.push('ceases'), { takesWork: true });
  let fails = true;
  const onActive = (): void => {
    if (fails) throw new RangeError('no grain');
  };
  const activity = activityOf({ onActive });
  await expect(activity.activate('reload', undefined)).rejects.toThrow('no grain');
  expect(told.splice(0)).toEqual(['takes work', 'ceases']);
  fails = false;
  await activity.activate('reload', undefined);
  expect(told).toEqual(['takes work']);
});

test('onYield waits for a run of every that is under way, so that none is left when the next version begins its own', async () => {
  const told: string[] = [];
  const run = deferred();
  every(10, async () => {
    told.push('begins');
    await run.promise;
    told.push('ends');
  });
  const activity = activityOf({ onYield: () => void told.push('yields') });
  await activity.activate('load', undefined);
  await vi.advanceTimersByTimeAsync(10);
  const yielded = activity.yield('reload', false);
  await vi.advanceTimersByTimeAsync(100);
  expect(told).toEqual(['begins']);
  run.resolve();
  await yielded;
  expect(told).toEqual(['begins', 'ends', 'yields']);
});

test('declarations of a module that is imported late, after onActive has failed, take effect once it succeeds', async () => {
  let ticks = 0;
  let fails = true;
  const onActive = (): void => {
    if (fails) throw new RangeError('no grain');
  };
  const activity = activityOf({ onActive });
  await expect(activity.activate('reload', undefined)).rejects.toThrow('no grain');
  every(10, () => ticks++);
  fails = false;
  await activity.activate('reload', undefined);
  await vi.advanceTimersByTimeAsync(10);
  expect(ticks).toBe(1);
});

test('a version that yields holds its thread only while it closes something', async () => {
  const held: Promise<unknown>[] = [];
  const declared = new Resources();
  const leave = async (): Promise<void> => {
    const activity = activityOf({}, { declared, hold: (work) => void held.push(work) });
    await activity.activate('load', undefined);
    await activity.yield('reload', true);
  };
  await leave();
  expect(held).toEqual([]);
  const closed = deferred();
  const close = (): Promise<unknown> => closed.promise;
  declared.declare({ open: () => {}, close, phase: 'active', takesWork: true });
  const left = leave();
  await vi.waitFor(() => expect(held).toHaveLength(1));
  closed.resolve();
  await left;
});

test('what it ended with is not lost when it cannot go on at first: the next onActive, or the next version, is given it', async () => {
  const given: unknown[] = [];
  let isBroken = false;
  const activity = activityOf({
    onActive(previous) {
      given.push(previous);
      if (isBroken) throw new RangeError('no gate');
    },
    onYield: () => ({ place: 7 }),
  });
  await activity.activate('load', undefined);
  const baton = await activity.yield('recycle', true);
  isBroken = true;
  await expect(activity.activate('recycle', undefined)).rejects.toThrow('no gate');
  expect(await activity.yield('reload', true)).toEqual(baton);
  isBroken = false;
  await activity.activate('recycle', undefined);
  expect(given).toEqual([undefined, { place: 7 }, { place: 7 }]);
});
