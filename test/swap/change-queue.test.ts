import { expect, test } from 'vitest';
import { ChangeQueue } from '../../lib/swap/change-queue.js';
import { deferred } from '../helpers/deferred.js';

test('changes run one after the other, also after one that failed, and each caller learns of its own', async () => {
  const queue = new ChangeQueue();
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
