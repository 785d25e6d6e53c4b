import { expect, test } from 'vitest';
import { Pace } from '../../lib/core/pace.js';

/** Blocks the event loop for `ms` milliseconds. */
function toil(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

test('the event loop turns between pieces of work, which begin in order of arrival', async () => {
  const pace = new Pace(2);
  const seen: (number | 'turn')[] = [];
  let isDone = false;
  const turns = (async (): Promise<void> => {
    while (!isDone) {
      await new Promise(setImmediate);
      seen.push('turn');
    }
  })();
  await Promise.all(
    Array.from({ length: 10 }, (_, at) =>
      pace.do(() => {
        seen.push(at);
        toil(3);
      }),
    ),
  );
  isDone = true;
  await turns;
  const isSeparate = seen.every((one, at) => one === 'turn' || at === 0 || seen[at - 1] === 'turn');
  expect(isSeparate || seen.join()).toBe(true);
  expect(seen.filter((one) => one !== 'turn')).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('work that waits does not hold up what comes after it', async () => {
  const pace = new Pace();
  let release = (): void => {};
  const first = pace.do(() => new Promise<string>((resolve) => (release = () => resolve('first'))));
  expect(await pace.do(() => 'second')).toBe('second');
  release();
  expect(await first).toBe('first');
});

test('work that throws rejects by itself', async () => {
  const pace = new Pace();
  const failed = pace.do(() => {
    throw new Error('no');
  });
  const fine = pace.do(async () => 'yes');
  await expect(failed).rejects.toThrow('no');
  await expect(fine).resolves.toBe('yes');
});
