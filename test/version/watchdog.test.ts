import { expect, test } from 'vitest';
import { Watchdog, type WatchedThread } from '../../lib/version/watchdog.js';
import { FakeClock } from '../helpers/fake-clock.js';

/** A thread that answers when the test lets it. */
class Sentry implements WatchedThread {
  death: unknown;
  asked = 0;
  #answer: (() => void)[] = [];

  ask = ((): Promise<void> => {
    this.asked++;
    return new Promise((resolve) => this.#answer.push(resolve));
  }) as WatchedThread['ask'];

  crash(cause: unknown): void {
    this.death = cause;
  }

  async answer(): Promise<void> {
    for (const resolve of this.#answer.splice(0)) resolve();
    await Promise.resolve();
  }
}

function watching(...sentries: Sentry[]): { pass: (ms: number) => Promise<void> } {
  const clock = new FakeClock();
  const watchdog = new Watchdog(100, () => sentries, clock);
  watchdog.look();
  return {
    pass: async (ms) => {
      await clock.advance(ms);
      watchdog.look();
    },
  };
}

test('a thread that does not answer for stuckMs is ended, one that answers is asked again', async () => {
  const [stuck, busy] = [new Sentry(), new Sentry()];
  const { pass } = watching(stuck, busy);
  await pass(50);
  expect(stuck.asked).toBe(1);
  await busy.answer();
  await pass(50);
  expect(stuck.death).toEqual(
    expect.objectContaining({ message: expect.stringContaining('100 ms (stuckMs)') }),
  );
  expect(busy.death).toBeUndefined();
  expect(busy.asked).toBe(2);
});

test.for([80, 150, 250, 60_000])(
  'a process that was stopped for %i ms, its threads with it, ends none of them for that',
  async (stoppedMs) => {
    const sentry = new Sentry();
    const { pass } = watching(sentry);
    await pass(50);
    await pass(stoppedMs);
    expect(sentry.death).toBeUndefined();
    await pass(50);
    expect(sentry.death).toBeUndefined();
    await pass(50);
    expect(sentry.death).toBeDefined();
  },
);
