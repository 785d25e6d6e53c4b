import { expect, test } from 'vitest';
import {
  compareFigure,
  inOrderOf,
  interleave,
  joinComparisons,
  takeInTurn,
} from '../../bench/harness/interleave.js';
import type { Bench, Comparison } from '../../bench/harness/measurement.js';
import { advantageOver, ratioOf } from '../../bench/harness/ratio.js';
import { judgeFigure, judgeMedian, judgeRatio } from '../../bench/harness/target.js';

const bench: Bench = { effort: { rounds: 3, sampleMs: 1 }, folder: '', progress: () => {} };

const rates: Comparison = {
  title: 'calls',
  unit: 'calls/s',
  better: 'higher',
  results: [
    { name: 'liveswap', samples: [200, 20, 300] },
    { name: 'courier', samples: [100, 10, 100] },
  ],
};
const times: Comparison = {
  title: 'reload',
  unit: 'ms',
  better: 'lower',
  results: [
    { name: 'liveswap', samples: [5, 6, 5] },
    { name: 'courier', samples: [10, 12, 20] },
  ],
};

test('subjects take turns, each round begins with another one, and warming up does not count', async () => {
  const turns: string[] = [];
  const subject = (name: string): { name: string; sample: () => Promise<number> } => ({
    name,
    sample: async () => turns.push(name),
  });
  const comparison = await interleave(bench, [subject('guardian'), subject('herald')], {
    title: 'turns',
    unit: 'turns',
    better: 'higher',
  });
  expect(turns.join(' ')).toBe('guardian herald herald guardian guardian herald herald guardian');
  expect(comparison.results).toEqual([
    { name: 'guardian', samples: [4, 5, 8] },
    { name: 'herald', samples: [3, 6, 7] },
  ]);
});

test('of samples with several figures each can be compared', async () => {
  const subject = { name: 'guardian', sample: async () => ({ p50: 1, p99: 9 }) };
  const taken = await takeInTurn(bench, [subject], { title: 'load', warmUps: 0 });
  const comparison = compareFigure(taken, { title: 'p99', unit: 'ms', better: 'lower' }, ({ p99 }) => p99);
  expect(comparison.results).toEqual([{ name: 'guardian', samples: [9, 9, 9] }]);
});

test('each round has all of a list, begins elsewhere, and puts each behind another one than the round before', () => {
  const list = [0, 1, 2, 3, 4, 5, 6];
  const orders = Array.from({ length: 6 }, (_, round) => inOrderOf(round, list));
  for (const order of orders) expect(order.toSorted((one, other) => one - other)).toEqual(list);
  expect(new Set(orders.map(([first]) => first)).size).toBe(6);
  for (const one of list) {
    const before = orders.map((order) => order.at(order.indexOf(one) - 1));
    expect(new Set(before).size).toBeGreaterThan(3);
  }
  expect(inOrderOf(3, ['alone'])).toEqual(['alone']);
});

test('ratios are of the same round: a round that was slow for both changes nothing', () => {
  expect(ratioOf(rates, 'liveswap', 'courier')).toEqual({ median: 2, min: 2, max: 3 });
});

test('an advantage above 1 is better, for rates and for times', () => {
  expect(advantageOver(rates, 'courier').median).toBe(2);
  expect(advantageOver(times, 'courier').median).toBe(2);
});

test('a comparison without the subject is a mistake, not a figure', () => {
  expect(() => ratioOf(rates, 'liveswap', 'raven')).toThrow(/no raven/);
});

test('targets are met at the limit and missed beyond it', () => {
  expect(judgeRatio(rates, 'liveswap', 'courier', { atLeast: 2 })).toEqual({
    target: 'calls: liveswap >= 2 x courier',
    measured: '2.00 x',
    met: true,
  });
  expect(judgeRatio(times, 'liveswap', 'courier', { atMost: 0.4 }).met).toBe(false);
  expect(judgeMedian(times, 'liveswap', { atMost: 5 })).toMatchObject({ measured: '5 ms', met: true });
  expect(judgeFigure('failed', 1, 'requests', { atMost: 0 }).met).toBe(false);
});

test('a comparison made in several processes is one, and each figure is compared with those of its own round', () => {
  const slower = {
    ...times,
    results: times.results.map(({ name, samples }) => ({ name, samples: samples.map((ms) => ms * 10) })),
  };
  const [reload] = joinComparisons([[times], [slower]]) as [Comparison];
  expect(reload.results).toEqual([
    { name: 'liveswap', samples: [5, 6, 5, 50, 60, 50] },
    { name: 'courier', samples: [10, 12, 20, 100, 120, 200] },
  ]);
  expect(ratioOf(reload, 'liveswap', 'courier').median).toBe(0.5);
});
