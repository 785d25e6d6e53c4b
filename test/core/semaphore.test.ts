import { expect, test } from 'vitest';
import { Semaphore } from '../../lib/core/semaphore.js';

test('so many are let through at a time, the others in the order in which they came', async () => {
  const semaphore = new Semaphore(2);
  const entered: number[] = [];
  const leaves: (() => void)[] = [];
  const enter = async (who: number): Promise<void> => {
    const leave = await semaphore.enter();
    entered.push(who);
    leaves.push(leave);
  };
  const all = Promise.all([1, 2, 3, 4].map(enter));
  await new Promise(setImmediate);
  expect(entered).toEqual([1, 2]);
  // Leaving twice gives one place back.
  leaves[0]?.();
  leaves[0]?.();
  await new Promise(setImmediate);
  expect(entered).toEqual([1, 2, 3]);
  leaves[1]?.();
  await all;
  expect(entered).toEqual([1, 2, 3, 4]);
});

test('a place that is held for too long is given back, once', async () => {
  const semaphore = new Semaphore(1);
  const leave = await semaphore.enter(1);
  const second = await semaphore.enter();
  leave();
  let isThirdIn = false;
  const third = semaphore.enter().then(() => (isThirdIn = true));
  await new Promise(setImmediate);
  expect(isThirdIn).toBe(false);
  second();
  await third;
});
