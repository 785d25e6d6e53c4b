import { expect, onTestFinished, test } from 'vitest';
import { interruption } from '../../lib/cli/interruption.js';
import { FakeClock } from '../helpers/fake-clock.js';

test.each([
  ['the same signal a while later', 'SIGINT', 1_000],
  ['another signal', 'SIGTERM', 0],
] as const)(
  'a signal that a runner passes on as well is one request; %s is the second',
  async (_, signal, ms) => {
    const clock = new FakeClock();
    const interrupted = interruption(clock);
    onTestFinished(interrupted.forget);
    let isTwice = false;
    const twice = interrupted.twice.then(() => (isTwice = true));
    process.emit('SIGINT', 'SIGINT');
    process.emit('SIGINT', 'SIGINT');
    await interrupted.once;
    expect(isTwice).toBe(false);
    await clock.advance(ms);
    process.emit(signal, signal);
    await twice;
  },
);
