import { expect, test } from 'vitest';
import { LiveswapError } from '../../lib/core/errors.js';
import type { SwapEvent } from '../../lib/observe/events.js';
import { Supervisor, type SupervisedThread, type SupervisedThreads } from '../../lib/version/supervisor.js';
import type { VersionState } from '../../lib/version/version-state.js';
import { FakeClock } from '../helpers/fake-clock.js';

const given = new LiveswapError('VERSION_FAILED', 'guardian is given up.');

class Guard implements SupervisedThread {
  readonly name;
  death: LiveswapError | undefined;
  isStarting = false;
  readonly told: string[] = [];

  constructor(index: number) {
    this.name = { plugin: 'guardian', version: '00000000', thread: index };
  }

  ask = ((method: string): Promise<void> => {
    this.told.push(method);
    return Promise.resolve();
  }) as SupervisedThread['ask'];

  crash(): void {}
}

/** A version with two threads, whose supervisor is under test. */
class Watch implements SupervisedThreads<Guard> {
  readonly clock = new FakeClock();
  readonly events: SwapEvent['type'][] = [];
  readonly serving = new Set<Guard>();
  threads: Guard[] = [0, 1].map((index) => this.#up(new Guard(index)));
  state: VersionState = { kind: 'active' };
  isImported = false;
  /** True if calls of a dead thread are sent again. */
  owes = false;
  /** True if the replacement of a dead thread comes up. */
  comesUp = true;
  refusal: LiveswapError | undefined;
  retries: number[] = [];
  readonly supervisor: Supervisor<Guard>;

  constructor({ crashes = 3, hasHomes = false } = {}) {
    this.supervisor = new Supervisor<Guard>(
      {
        settings: { crashLoop: { crashes, withinMs: 60_000, rollbackWithinMs: 0 } },
        state: () => this.state,
        group: this,
        isImported: () => this.isImported,
        hasHomes,
        replace: async (index) => this.#replace(index),
        giveUp: ({ retryAfterMs }) => {
          this.retries.push(retryAfterMs);
          if (this.state.kind === 'active') this.state = { kind: 'failed', error: given };
          return given;
        },
        revive: () => void (this.state = { kind: 'active' }),
        emit: ({ type }) => void this.events.push(type),
      },
      this.clock,
    );
  }

  readonly busy: readonly Guard[] = [];

  get balancer(): SupervisedThreads<Guard>['balancer'] {
    return { queued: this.owes ? 1 : 0, connections: [...this.serving] as never[] };
  }

  isComing(): boolean {
    return false;
  }

  isLeaving(): boolean {
    return false;
  }

  isOwed(): boolean {
    return this.owes;
  }

  async isFilled(index: number): Promise<boolean> {
    return this.threads[index]?.death === undefined;
  }

  serves(thread: Guard): boolean {
    return this.serving.has(thread);
  }

  remove(thread: Guard): void {
    this.serving.delete(thread);
  }

  refuse(refusal: LiveswapError): void {
    this.refusal = refusal;
  }

  readmit(): void {
    this.refusal = undefined;
  }

  /** Lets the thread at `index` die. */
  kill(index: number): void {
    const thread = this.threads[index] as Guard;
    thread.death = new LiveswapError('THREAD_CRASHED', 'struck by lightning');
    this.supervisor.onDeath(thread, thread.death);
  }

  #replace(index: number): Guard {
    const thread = new Guard(index);
    this.threads[index] = thread;
    if (this.comesUp) return this.#up(thread);
    thread.death = new LiveswapError('START_TIMEOUT', 'snowed in');
    throw thread.death;
  }

  #up(thread: Guard): Guard {
    this.serving.add(thread);
    return thread;
  }
}

test('a thread that dies takes no calls and is replaced, at once for the first time', async () => {
  const watch = new Watch();
  watch.kill(0);
  expect(watch.serving.size).toBe(1);
  await watch.clock.advance(0);
  expect(watch.serving.size).toBe(2);
  expect(watch.events).toEqual(['threadCrashed', 'threadReplaced']);
  watch.kill(0);
  await watch.clock.advance(49);
  expect(watch.serving.size).toBe(1);
  await watch.clock.advance(1);
  expect(watch.serving.size).toBe(2);
});

test('a thread that dies while another one comes up in its place is not replaced twice', async () => {
  const watch = new Watch();
  watch.kill(0);
  const successor = new Guard(0);
  watch.threads[0] = successor;
  await watch.clock.advance(60_000);
  expect(watch.threads[0]).toBe(successor);
  expect(watch.events).toEqual(['threadCrashed']);
});

test('a version whose threads die too often is given up, and comes back with all of them when one try holds', async () => {
  const watch = new Watch({ crashes: 2 });
  watch.kill(0);
  watch.kill(1);
  expect(watch.state.kind).toBe('failed');
  expect(watch.refusal).toBe(given);
  watch.comesUp = false;
  await watch.clock.advance(1_000 + 2_000);
  expect(watch.retries).toEqual([1_000, 2_000, 4_000]);
  watch.comesUp = true;
  await watch.clock.advance(3_999);
  expect(watch.serving.size).toBe(0);
  await watch.clock.advance(1);
  expect(watch.state.kind).toBe('active');
  expect(watch.refusal).toBeUndefined();
  expect(watch.serving.size).toBe(2);
  watch.kill(1);
  expect(watch.retries).toEqual([1_000, 2_000, 4_000, 8_000]);
});

test('a version that comes up replaces nobody, until it is active', async () => {
  const watch = new Watch();
  watch.state = { kind: 'ready' };
  watch.kill(1);
  await watch.clock.advance(60_000);
  expect(watch.serving.size).toBe(1);
  expect(watch.refusal?.code).toBe('THREAD_CRASHED');
  watch.state = { kind: 'active' };
  watch.supervisor.start();
  await watch.clock.advance(0);
  expect(watch.serving.size).toBe(2);
});

test('a version that drains replaces its dead only while somebody needs them, and tells what comes up', async () => {
  const watch = new Watch();
  watch.state = { kind: 'draining', since: 0 };
  watch.kill(0);
  await watch.clock.advance(60_000);
  expect(watch.serving.size).toBe(1);
  watch.isImported = true;
  watch.kill(1);
  await watch.clock.advance(60_000);
  expect(watch.threads[1]?.told).toEqual(['drain']);
});

test('a version that drains replaces its dead when their calls are sent again', async () => {
  const watch = new Watch();
  watch.state = { kind: 'draining', since: 0 };
  watch.owes = true;
  watch.kill(0);
  watch.kill(1);
  await watch.clock.advance(60_000);
  expect([watch.serving.size, watch.refusal]).toEqual([2, undefined]);
});

test('a version that drains replaces its dead when calls of a key can go nowhere else', async () => {
  const watch = new Watch({ hasHomes: true });
  watch.state = { kind: 'draining', since: 0 };
  watch.kill(0);
  await watch.clock.advance(60_000);
  expect(watch.serving.size).toBe(2);
});

test('a stopped supervisor replaces no thread', async () => {
  const watch = new Watch();
  watch.kill(0);
  watch.supervisor.stop();
  await watch.clock.advance(60_000);
  expect(watch.serving.size).toBe(1);
});
