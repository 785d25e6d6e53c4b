import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SpareTime } from '../../lib/compiler/remote/spare-time.js';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function open() {
  const begun: AbortSignal[] = [];
  return { spare: new SpareTime(500, (signal) => begun.push(signal)), begun };
}

test('work for spare time begins after the pause, and once', () => {
  const { spare, begun } = open();
  spare.begin();
  vi.advanceTimersByTime(499);
  expect(begun).toHaveLength(0);
  vi.advanceTimersByTime(1_000);
  expect(begun).toHaveLength(1);
  expect(begun[0]?.aborted).toBe(false);
});

test('a task in the pause puts it off, one after it tells the work to stop', () => {
  const { spare, begun } = open();
  spare.begin();
  vi.advanceTimersByTime(400);
  spare.end();
  vi.advanceTimersByTime(1_000);
  expect(begun).toHaveLength(0);
  spare.begin();
  vi.advanceTimersByTime(500);
  spare.end();
  expect(begun.map(({ aborted }) => aborted)).toEqual([true]);
});

test('each spare time has a signal of its own', () => {
  const { spare, begun } = open();
  for (const _ of [1, 2]) {
    spare.begin();
    vi.advanceTimersByTime(500);
  }
  expect(begun.map(({ aborted }) => aborted)).toEqual([true, false]);
});
