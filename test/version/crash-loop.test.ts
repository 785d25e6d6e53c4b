import { expect, test } from 'vitest';
import { CrashLoop } from '../../lib/version/crash-loop.js';
import { FakeClock } from '../helpers/fake-clock.js';

function loopOf(crashes: number, withinMs: number): { loop: CrashLoop; clock: FakeClock } {
  const clock = new FakeClock();
  return { loop: new CrashLoop({ crashes, withinMs }, clock), clock };
}

test('the first crash is followed by no pause, the next by pauses that double up to five seconds', () => {
  const { loop } = loopOf(Infinity, 60_000);
  const pauses = Array.from({ length: 10 }, () => loop.record());
  expect(pauses.map((verdict) => verdict.kind === 'replace' && verdict.afterMs)).toEqual([
    0, 50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000,
  ]);
});

test('crashes count together only within the time, and the verdict says how many there were and in what time', async () => {
  const { loop, clock } = loopOf(3, 1_000);
  loop.record();
  await clock.advance(1_000);
  loop.record();
  await clock.advance(400);
  expect(loop.record()).toMatchObject({ kind: 'replace' });
  await clock.advance(400);
  expect(loop.record()).toEqual({ kind: 'giveUp', crashes: 3, overMs: 800, retryAfterMs: 1_000 });
});

test('a thread that never comes up counts, however long it takes', async () => {
  const { loop, clock } = loopOf(3, 1_000);
  loop.record();
  await clock.advance(60_000);
  loop.record(false);
  await clock.advance(60_000);
  expect(loop.record(false)).toMatchObject({ kind: 'giveUp', crashes: 3, overMs: 120_000 });
});

test('the pauses between tries double from one second to thirty, until one has lasted as long as crashes count', async () => {
  const { loop, clock } = loopOf(1, 10_000);
  const retries: unknown[] = [];
  for (let round = 0; round < 7; round++) {
    retries.push(loop.record(round === 0));
    await clock.advance(1_000);
  }
  expect(retries).toMatchObject(
    [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000].map((retryAfterMs) => ({ retryAfterMs })),
  );
  loop.revived();
  await clock.advance(9_999);
  expect(loop.record()).toMatchObject({ kind: 'giveUp', retryAfterMs: 30_000 });
  loop.revived();
  await clock.advance(10_000);
  expect(loop.record()).toMatchObject({ kind: 'giveUp', crashes: 1, retryAfterMs: 1_000 });
});
