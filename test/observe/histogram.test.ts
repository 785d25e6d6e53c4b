import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Histogram } from '../../lib/observe/histogram.js';

const duration = fc.double({ min: 0.001, max: 3_600_000, noNaN: true });

function filled(durations: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const ms of durations) histogram.record(ms);
  return histogram;
}

test('a quantile is at most 2.5 % off what sorting all durations would say', () => {
  fc.assert(
    fc.property(
      fc.array(duration, { minLength: 1, maxLength: 200 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (durations, q) => {
        const sorted = durations.toSorted((left, right) => left - right);
        const exact = sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1]!;
        const told = filled(durations).quantile(q)!;
        expect(Math.abs(told - exact)).toBeLessThanOrEqual(exact * 0.025);
      },
    ),
  );
});

test('quantiles do not fall as their share rises', () => {
  fc.assert(
    fc.property(fc.array(duration, { minLength: 1 }), (durations) => {
      const histogram = filled(durations);
      const told = [0, 0.25, 0.5, 0.9, 0.99, 1].map((q) => histogram.quantile(q)!);
      expect(told).toEqual(told.toSorted((left, right) => left - right));
    }),
  );
});

test('it counts and adds up everything, in whatever order it comes', () => {
  fc.assert(
    fc.property(fc.array(duration), (durations) => {
      const histogram = filled(durations);
      expect(histogram.count).toBe(durations.length);
      expect(histogram.sumMs).toBeCloseTo(
        durations.reduce((sum, ms) => sum + ms, 0),
        3,
      );
      const backwards = filled(durations.toReversed());
      expect(backwards.quantile(0.5)).toBe(histogram.quantile(0.5));
    }),
  );
});

test('durations below a microsecond or above an hour are reported as these limits', () => {
  expect(filled([0]).quantile(1)).toBe(0.001);
  expect(filled([-5]).quantile(1)).toBe(0.001);
  expect(filled([1e12]).quantile(1)).toBeGreaterThan(3_500_000);
  expect(filled([1e12]).quantile(1)).toBeLessThan(3_800_000);
});

test('without a duration there is no quantile', () => {
  expect(new Histogram().quantile(0.5)).toBeUndefined();
});
