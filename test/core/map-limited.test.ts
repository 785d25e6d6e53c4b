import { expect, test } from 'vitest';
import { mapLimited } from '../../lib/core/map-limited.js';
import { deferred } from '../helpers/deferred.js';

test('no more run at a time than may, and the results are in the order of the items', async () => {
  const gates = Array.from({ length: 4 }, () => deferred());
  const running: number[] = [];
  const all = mapLimited([0, 1, 2, 3], 2, async (item) => {
    running.push(item);
    await gates[item]?.promise;
    return item * 10;
  });
  expect(running).toEqual([0, 1]);
  gates[1]?.resolve();
  await expect.poll(() => running).toEqual([0, 1, 2]);
  for (const gate of gates) gate.resolve();
  expect(await all).toEqual([0, 10, 20, 30]);
});

test('after a failure nothing more begins', async () => {
  const begun: number[] = [];
  const all = mapLimited([0, 1, 2, 3], 1, async (item) => {
    begun.push(item);
    if (item === 1) throw new Error('no steel');
  });
  await expect(all).rejects.toThrow('no steel');
  expect(begun).toEqual([0, 1]);
});
