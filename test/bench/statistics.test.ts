import { expect, test } from 'vitest';
import { percentile, slopeOf, spreadOf } from '../../bench/harness/statistics.js';

test('a spread has the middle and the extremes, whatever the order', () => {
  expect(spreadOf([9, 1, 5])).toEqual({ median: 5, min: 1, max: 9 });
  expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, min: 1, max: 4 });
});

test('a percentile lies between two samples in proportion', () => {
  expect(percentile([0, 10, 20, 30, 40], 0.25)).toBe(10);
  expect(percentile([0, 100], 0.99)).toBe(99);
  expect(percentile([7], 0.99)).toBe(7);
});

test('nothing has no percentile', () => {
  expect(() => percentile([], 0.5)).toThrow(RangeError);
});

test('a slope is what a value grows by from one sample to the next', () => {
  expect(slopeOf([10, 12, 14, 16])).toBe(2);
  expect(slopeOf([5, 5, 5])).toBe(0);
  expect(slopeOf([0, 3, 0, 3, 0])).toBe(0);
  expect(slopeOf([42])).toBe(0);
});
