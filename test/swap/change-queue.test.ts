import { expect, test } from 'vitest';
import { ChangeQueue } from '../../lib/swap/change-queue.js';
import { deferred } from '../helpers/deferred.js';

test('changes run one after the other, also after one that failed, and each caller learns of its own', async () => {
  const queue = new ChangeQueue<string, number>();
  const order: string[] = [];
  const gate = deferred();
  const first = queue.add(async () => {
    order.push('first begins');
    await gate.promise;
    order.push('first ends');
    throw new Error('not today');
  });
  const second = queue.add(async () => {
    order.push('second');
    return 2;
  });
  await Promise.resolve();
  expect(order).toEqual(['first begins']);
  gate.resolve();
  await expect(first).rejects.toThrow('not today');
  expect(await second).toBe(2);
  await queue.whenIdle();
  expect(order).toEqual(['first begins', 'first ends', 'second']);
});

test('a change joins the last one that waits and is the same, never one that is under way or was overtaken', async () => {
  const queue = new ChangeQueue<string, number>();
  let ran = 0;
  const gate = deferred();
  const ask = (what: string): Promise<number> =>
    queue.join(
      what,
      async () => {
        ran++;
        const own = ran;
        await gate.promise;
        return own;
      },
      (waiting) => waiting === what,
    );
  const asked = ['a', 'a', 'a', 'b', 'a', 'a'].map(ask);
  const alone = queue.add(async () => 'alone');
  const after = ask('a');
  gate.resolve();
  expect(await Promise.all(asked)).toEqual([1, 2, 2, 3, 4, 4]);
  expect(await alone).toBe('alone');
  expect(await after).toBe(5);
  expect(ran).toBe(5);
});
