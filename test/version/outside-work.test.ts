import { expect, test } from 'vitest';
import { OutsideWork } from '../../lib/version/outside-work.js';

test('work is pending from its begin to its end, and counted once', () => {
  const settled: boolean[] = [];
  const work = new OutsideWork((_ms, failed) => settled.push(failed));
  const end = work.begin('http GET', 1);
  expect([...work.jobs]).toMatchObject([{ name: 'http GET', thread: 1 }]);
  expect(work.isIdle).toBe(false);
  end(true);
  end(false);
  expect(settled).toEqual([true]);
  expect(work.isIdle).toBe(true);
  work.record(3, false);
  expect(settled).toEqual([true, false]);
});

test('quiet is announced when the last piece of work has ended and the last hold is released', async () => {
  const work = new OutsideWork(() => {});
  const end = work.begin('http GET', 0);
  const releases = [work.hold('connections'), work.hold('connections')];
  expect([...work.held]).toEqual([['connections', 2]]);
  const order: string[] = [];
  const quiet = work.whenIdle().then(() => order.push('quiet'));
  end(false);
  releases[0]?.();
  releases[0]?.();
  await Promise.resolve();
  order.push('released');
  releases[1]?.();
  await quiet;
  expect(order).toEqual(['released', 'quiet']);
  await work.whenIdle();
});
