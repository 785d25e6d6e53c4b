import { expect, test } from 'vitest';
import { collectUntil } from '../../lib/version/collect-until.js';
import { deferred, type Deferred } from '../helpers/deferred.js';
import { FakeClock } from '../helpers/fake-clock.js';

const always = (): boolean => true;
const never = (): boolean => false;

interface Wait {
  readonly clock: FakeClock;
  /** The times of the collections, in seconds. */
  readonly at: number[];
  readonly hadCollected: boolean[];
  readonly over: Deferred;
  readonly ended: Promise<void>;
}

interface Given {
  readonly isHeld?: () => boolean;
  readonly heapBytes?: number;
  /** Milliseconds that a collection takes. */
  readonly tookMs?: number;
  readonly hasCollected?: () => boolean;
}

function begin({ isHeld = always, heapBytes = 0, tookMs = 0, hasCollected = never }: Given = {}): Wait {
  const clock = new FakeClock();
  const over = deferred();
  const at: number[] = [];
  const hadCollected: boolean[] = [];
  let spentMs = 0;
  const ended = collectUntil(over.promise, isHeld, {
    collect: (hasCollectedItself) => {
      hadCollected.push(hasCollectedItself);
      at.push(clock.now() / 1_000);
      spentMs += tookMs;
    },
    clock: { now: () => clock.now() + spentMs, after: (ms, run) => clock.after(ms, run) },
    heapBytes: () => heapBytes,
    mark: () => hasCollected,
  });
  return { clock, at, hadCollected, over, ended };
}

test('it collects after a second, and ever more seldom, until what it waits for is over', async () => {
  const { clock, at, over, ended } = begin();
  await clock.advance(130_000);
  expect(at).toEqual([1, 3, 7, 15, 31, 63, 123]);
  over.resolve();
  await ended;
  await clock.advance(1_000_000);
  expect(at).toHaveLength(7);
});

test('it says where the platform has collected by itself: others may still hold something', async () => {
  const { clock, at, hadCollected } = begin({ hasCollected: () => clock.now() < 7_000 });
  await clock.advance(8_000);
  expect(at).toEqual([1, 3, 7]);
  expect(hadCollected).toEqual([true, true, false]);
});

test('it collects nothing while nothing is held', async () => {
  let isHeld = false;
  const { clock, at } = begin({ isHeld: () => isHeld });
  await clock.advance(2_000);
  isHeld = true;
  await clock.advance(2_000);
  expect(at).toEqual([3]);
});

test('a large heap, or one that takes long, is collected less often: for at most a fiftieth of the time', async () => {
  const large = begin({ heapBytes: 1_000 * 2 ** 20 });
  await large.clock.advance(120_000);
  expect(large.at).toEqual([50, 100]);
  const slow = begin({ tookMs: 2_000 });
  await slow.clock.advance(120_000);
  expect(slow.at).toEqual([1, 101]);
});

test('it rejects when what it waits for does, and collects no more', async () => {
  const { clock, at, over, ended } = begin();
  over.reject(new RangeError('the wall fell'));
  await expect(ended).rejects.toThrow('the wall fell');
  await clock.advance(10_000);
  expect(at).toEqual([]);
});
