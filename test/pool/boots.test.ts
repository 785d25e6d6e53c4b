import { availableParallelism } from 'node:os';
import { setImmediate as turnEnd } from 'node:timers/promises';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { isUp } from '../../lib/pool/gauge.js';
import { BLANK_LEAVE_MS, type ServingThread } from '../../lib/pool/thread-pool.js';

/** More turns of the event loop than a thread takes to begin once it may. */
const TURNS = 100;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  vi.resetModules();
});
afterEach(() => {
  vi.useRealTimers();
  // Files that are tested later in this process must not find the code that was loaded with these timers.
  vi.resetModules();
});

/** Returns as many threads as may boot at a time, which are up, and whether the next one has begun to boot. */
async function bootAsManyAsMay(): Promise<{ up: ServingThread[]; hasNextBegun: () => Promise<boolean> }> {
  const { PiscinaPool } = await import('../../lib/pool/piscina-pool.js');
  const pool = new PiscinaPool({});
  onTestFinished(() => pool.close(BLANK_LEAVE_MS));
  const up = Array.from({ length: availableParallelism() }, () => pool.serve());
  let hasBegun = false;
  void pool.serve().begun.then(() => (hasBegun = true));
  while (!up.every(({ gauge }) => isUp(gauge))) await turnEnd();
  const hasNextBegun = async (): Promise<boolean> => {
    for (let turn = 0; turn < TURNS && !hasBegun; turn++) await turnEnd();
    return hasBegun;
  };
  return { up, hasNextBegun };
}

test('the next thread boots when one of those that boot has imported what it serves, not when it is up', async () => {
  const { up, hasNextBegun } = await bootAsManyAsMay();
  expect(await hasNextBegun()).toBe(false);
  up[0]?.imported();
  expect(await hasNextBegun()).toBe(true);
});

test('a thread whose import waits holds up the next one for a while only', async () => {
  const { hasNextBegun } = await bootAsManyAsMay();
  expect(await hasNextBegun()).toBe(false);
  await vi.advanceTimersByTimeAsync(100);
  expect(await hasNextBegun()).toBe(true);
});
