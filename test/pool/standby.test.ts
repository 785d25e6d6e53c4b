import { MessageChannel } from 'node:worker_threads';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createGauge, Gauge } from '../../lib/pool/gauge.js';
import { Standby } from '../../lib/pool/standby.js';
import type { Expected, ServingThread, ThreadPool } from '../../lib/pool/thread-pool.js';

/** A pool whose threads are up at once, and die when a test tells them to. */
class Barracks implements ThreadPool {
  readonly guards: { readonly thread: ServingThread; die(): void }[] = [];
  /** The kind of code that each thread warms up for; `undefined` for a thread that is used at once. */
  readonly expected: (Expected | undefined)[] = [];
  closed = false;

  serve(expected?: Expected): ServingThread {
    this.expected.push(expected);
    const { port1 } = new MessageChannel();
    onTestFinished(() => port1.close());
    const gauge = createGauge();
    Atomics.store(gauge, Gauge.heapKib, 4_096);
    let resolve!: (cause: unknown) => void;
    const promise = new Promise<unknown>((settle) => {
      resolve = settle;
    });
    const end = async (): Promise<void> => resolve(undefined);
    const thread = {
      port: port1,
      gauge,
      begun: Promise.resolve(),
      environment: undefined,
      exited: promise,
      imported: () => {},
      end,
    };
    this.guards.push({ thread, die: () => resolve(new Error('struck by lightning')) });
    return thread;
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}

function standbyOf(
  threads: number,
  build = (): Barracks => new Barracks(),
): { standby: Standby; built: Barracks[] } {
  const built: Barracks[] = [];
  const create = (): ThreadPool => {
    const pool = build();
    built.push(pool);
    return pool;
  };
  const standby = new Standby(create, threads);
  onTestFinished(() => standby.close());
  return { standby, built };
}

async function waiting(standby: Standby, threads: number): Promise<void> {
  await vi.waitFor(() => expect(standby.waiting).toBe(threads), { timeout: 20_000, interval: 10 });
}

test('after the first load the threads of one version wait, however many it took', async () => {
  const { standby, built } = standbyOf(2);
  for (let plugin = 0; plugin < 3; plugin++) standby.take('plugin');
  standby.refill();
  await waiting(standby, 2);
  expect(built).toHaveLength(4);
  const next = standby.take('plugin');
  expect(next.serve()).toBe(built[3]?.guards[0]?.thread);
  expect(next.serve()).toBe(built[3]?.guards[1]?.thread);
  expect(standby.waiting).toBe(0);
});

test('as many wait as the last change took, and no more than eight threads', async () => {
  const { standby } = standbyOf(2);
  standby.refill();
  await waiting(standby, 2);
  for (let plugin = 0; plugin < 3; plugin++) standby.take('plugin');
  standby.refill();
  await waiting(standby, 6);
  for (let plugin = 0; plugin < 20; plugin++) standby.take('plugin');
  standby.refill();
  await waiting(standby, 8);
});

test('threads warm up for an app once one was among what they became', async () => {
  const { standby, built } = standbyOf(1);
  standby.take('plugin').serve();
  standby.refill();
  await waiting(standby, 1);
  standby.take('app').serve();
  standby.refill();
  await waiting(standby, 1);
  standby.take('plugin');
  standby.refill();
  await waiting(standby, 1);
  expect(built.map(({ expected }) => expected)).toEqual([[undefined], ['plugin'], ['app'], ['app']]);
});

test('a thread that dies while it waits is not given out, and its pool is closed', async () => {
  const { standby, built } = standbyOf(1);
  standby.refill();
  await waiting(standby, 1);
  built[0]?.guards[0]?.die();
  await waiting(standby, 0);
  expect(built[0]?.closed).toBe(true);
  standby.take('plugin');
  expect(built).toHaveLength(2);
});

test('boots no more threads until the next change if they die as soon as they are booted', async () => {
  class Ruin extends Barracks {
    override serve(expected?: Expected): ServingThread {
      return { ...super.serve(expected), exited: Promise.resolve(new Error('no roof')) };
    }
  }
  const [ruined, sound] = [standbyOf(1, () => new Ruin()), standbyOf(1)];
  for (const { standby } of [ruined, sound]) {
    standby.refill();
    for (let plugin = 0; plugin < 4; plugin++) standby.take('plugin');
    standby.refill();
  }
  // Both look equally often for an idle process, except that one of them may miss an idle moment.
  await vi.waitFor(() => expect(ruined.built).toHaveLength(4 + 1), { timeout: 20_000, interval: 10 });
  await waiting(sound.standby, 4);
  expect(ruined.built).toHaveLength(4 + 1);
  ruined.standby.refill();
  await vi.waitFor(() => expect(ruined.built).toHaveLength(4 + 2), { timeout: 20_000, interval: 10 });
});

test('closing closes what waits, and boots no more', async () => {
  const { standby, built } = standbyOf(1);
  standby.refill();
  await waiting(standby, 1);
  standby.refill();
  await standby.close();
  expect(built.map(({ closed }) => closed)).toEqual([true]);
  standby.refill();
  expect(standby.waiting).toBe(0);
});
