import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { HeldIntervals } from '../../lib/app-thread/held-intervals.js';
import { bind, type PluginHost } from '../../lib/plugin/host-binding.js';

const { setInterval: real } = timers;
const warn = vi.fn();
const beat = vi.fn();
let intervals: HeldIntervals;

beforeEach(() => {
  vi.useFakeTimers();
  bind({ log: { warn } } as unknown as PluginHost);
  intervals = new HeldIntervals(() => true);
  setInterval(beat, 10);
});

afterEach(() => {
  vi.useRealTimers();
  timers.setInterval = real;
  syncBuiltinESMExports();
  vi.clearAllMocks();
});

test('intervals run while their version is active', () => {
  vi.advanceTimersByTime(100);
  expect(beat).not.toHaveBeenCalled();
  intervals.start();
  vi.advanceTimersByTime(20);
  expect(beat).toHaveBeenCalledTimes(2);
  intervals.pause();
  vi.advanceTimersByTime(100);
  expect(beat).toHaveBeenCalledTimes(2);
  intervals.resume();
  vi.advanceTimersByTime(10);
  expect(beat).toHaveBeenCalledTimes(3);
});

test('the function of an interval may end it by its own `this`, and has the arguments', () => {
  const ended = vi.fn();
  const end = function (this: NodeJS.Timeout, ...args: unknown[]): void {
    ended(...args);
    clearInterval(this);
  };
  setInterval(end, 10, 'dusk', 7);
  intervals.start();
  vi.advanceTimersByTime(50);
  expect(ended).toHaveBeenCalledExactlyOnceWith('dusk', 7);
});

test('intervals of an app that is not ready in time run early, and a warning says where they were begun', () => {
  vi.advanceTimersByTime(2_000);
  expect(warn).toHaveBeenCalledExactlyOnceWith(
    { places: expect.stringMatching(/held-intervals.*:\d+:\d+$/) as string },
    expect.stringContaining('run already, beside those of the version before'),
  );
  beat.mockClear();
  vi.advanceTimersByTime(20);
  expect(beat).toHaveBeenCalledTimes(2);
});

test('intervals that are paused in time stay paused', () => {
  intervals.start();
  intervals.pause();
  vi.advanceTimersByTime(5_000);
  expect(beat).not.toHaveBeenCalled();
  expect(warn).not.toHaveBeenCalled();
});
