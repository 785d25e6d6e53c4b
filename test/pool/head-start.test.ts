import { expect, onTestFinished, test } from 'vitest';
import { MessageChannel } from 'node:worker_threads';
import { createGauge } from '../../lib/pool/gauge.js';
import { HeadStart } from '../../lib/pool/head-start.js';
import type { ServingThread, ThreadPool } from '../../lib/pool/thread-pool.js';

class Barracks implements ThreadPool {
  readonly guards: ServingThread[] = [];
  closed = false;

  serve(): ServingThread {
    const { port1 } = new MessageChannel();
    onTestFinished(() => port1.close());
    const guard: ServingThread = {
      port: port1,
      gauge: createGauge(),
      begun: Promise.resolve(),
      environment: undefined,
      exited: new Promise(() => {}),
      imported: () => {},
      end: () => Promise.resolve(),
    };
    this.guards.push(guard);
    return guard;
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}

function headStartOf(): { headStart: HeadStart; built: Barracks[] } {
  const built: Barracks[] = [];
  const headStart = new HeadStart(() => {
    const pool = new Barracks();
    built.push(pool);
    return pool;
  });
  return { headStart, built };
}

test('one thread boots ahead, and the first version that takes it has the others made in its pool', async () => {
  const { headStart, built } = headStartOf();
  await headStart.begin();
  expect(built.map(({ guards }) => guards.length)).toEqual([1]);
  const ahead = built[0]?.guards[0];

  const pool = headStart.take(3);
  expect(built.map(({ guards }) => guards.length)).toEqual([3]);
  expect(pool?.serve()).toBe(ahead);
  expect(headStart.take(1)).toBeUndefined();
});

test('a second attempt to read before anything was taken boots no second thread', async () => {
  const { headStart, built } = headStartOf();
  await headStart.begin();
  await headStart.begin();
  expect(built.map(({ guards }) => guards.length)).toEqual([1]);
});

test('a thread that nothing has taken ends with the load, and no later load gets one', async () => {
  const { headStart, built } = headStartOf();
  await headStart.begin();
  await headStart.close();
  expect(built.map(({ closed }) => closed)).toEqual([true]);
  expect(headStart.take(1)).toBeUndefined();
  await headStart.begin();
  expect(built).toHaveLength(1);
});

test('the end of the load leaves the threads alone that a version has taken', async () => {
  const { headStart, built } = headStartOf();
  await headStart.begin();
  headStart.take(1);
  await headStart.close();
  expect(built.map(({ closed }) => closed)).toEqual([false]);
});
