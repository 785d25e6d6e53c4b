import { expect, test } from 'vitest';
import { signalAfter, withDeadline } from '../../lib/core/deadline.js';
import { untilCollected } from '../helpers/until.js';

const never = new Promise<never>(() => {});

test('a deadline passes on what settles in time, and rejects what does not', async () => {
  const late = (): Error => new Error('Too late.');
  expect(await withDeadline(Promise.resolve('sword'), 60_000, late)).toBe('sword');
  await expect(withDeadline(Promise.reject(new Error('No sword.')), 60_000, late)).rejects.toThrow(
    'No sword.',
  );
  await expect(withDeadline(never, 1, late)).rejects.toThrow('Too late.');
});

test('a deadline leaves no timer behind', async () => {
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  const waiting = withDeadline(Promise.resolve(), 60_000, () => undefined);
  expect(timers()).toBe(before + 1);
  await waiting;
  expect(timers()).toBe(before);
});

test('a deadline that no timer can wait for never passes, instead of at once', async () => {
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  const waiting = withDeadline(never, 2 ** 31, () => 'late').catch((late: unknown) => late);
  // The timers are counted at once, because timers of others come and go.
  expect(timers()).toBe(before);
  const settled = await Promise.race([waiting, new Promise((resolve) => setTimeout(resolve, 5, 'waits'))]);
  expect(settled).toBe('waits');
});

test('a signal comes although only one that is made of it is left', async () => {
  const either = AbortSignal.any([signalAfter(20), new AbortController().signal]);
  let reason: unknown;
  // Node 24.21 asks those that it is made of, unless somebody listens: once collected, they tell nothing.
  either.addEventListener('abort', () => (reason = either.reason));
  await untilCollected(() => reason !== undefined);
  expect(reason).toMatchObject({ name: 'TimeoutError' });
});
