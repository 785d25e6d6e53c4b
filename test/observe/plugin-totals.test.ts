import { expect, test } from 'vitest';
import { CallStats } from '../../lib/observe/call-stats.js';
import { PluginTotals } from '../../lib/observe/plugin-totals.js';

/** Returns a version of the armory whose calls took these milliseconds, and whose last call failed. */
function armoryWith(...durations: readonly number[]) {
  const calls = new CallStats();
  durations.forEach((ms, index) => calls.record(ms, index === durations.length - 1));
  return { plugin: 'armory', calls };
}

test('the counts of a plugin are those of its retired and its living versions together', () => {
  const totals = new PluginTotals();
  const old = armoryWith(1, 1, 100);
  const current = armoryWith(1);
  totals.retire(old);
  const counts = totals.with([current, { plugin: 'guardian', calls: new CallStats() }]);
  expect(counts.get('armory')).toMatchObject({ calls: 4, failures: 2, totalMs: 103 });
  expect(counts.get('armory')?.p99Ms).toBeCloseTo(100, -1);
  expect(counts.get('guardian')).toMatchObject({ calls: 0, failures: 0, p50Ms: undefined });
});

test('reading the counts changes nothing', () => {
  const totals = new PluginTotals();
  const current = armoryWith(1, 2);
  expect(totals.with([current])).toEqual(totals.with([current]));
  expect(current.calls.counts().calls).toBe(2);
});

test('a call that settles after its version has retired is counted all the same', () => {
  const totals = new PluginTotals();
  const old = armoryWith(1);
  totals.retire(old);
  old.calls.record(5, false);
  expect(totals.with([]).get('armory')).toMatchObject({ calls: 2, failures: 1, totalMs: 6 });
});

test('reading the counts of many plugins looks at each version a few times, not once for each plugin', () => {
  const totals = new PluginTotals();
  let looks = 0;
  const alive = Array.from({ length: 200 }, (_, at) => ({
    calls: new CallStats(),
    get plugin() {
      looks++;
      return `squad${at}`;
    },
  }));
  expect(totals.with(alive).size).toBe(200);
  expect(looks).toBeLessThanOrEqual(2 * 200);
});
