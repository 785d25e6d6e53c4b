import { getHeapStatistics } from 'node:v8';
import { systemClock, type Clock } from '../core/clock.js';

/** Shortest and longest pause between two collections, in milliseconds. Each pause is twice the one before. */
const SHORTEST_MS = 1_000;
const LONGEST_MS = 60_000;
/** Milliseconds that a collection is expected to take for each megabyte of the heap. */
const EXPECTED_MS = 1;
/** Least ratio of a pause to the time that a collection takes: collections use at most 2 % of the time. */
const LEAST_PAUSE = 50;

/** Dependencies of {@link collectUntil}. */
export interface CollectDeps {
  /** Collects garbage. `hasCollected` is true when the platform has just done so by itself. */
  readonly collect: (hasCollected: boolean) => void;
  readonly clock?: Clock;
  readonly heapBytes?: () => number;
  /** Returns a function that tells whether garbage has been collected since this call. */
  readonly mark?: () => () => boolean;
}

/**
 * Collects garbage, ever more seldom, until `over` settles. Streams and iterators that were dropped halfway keep the thread that
 * they come from, and an idle process would not collect them for a long time. Nothing is collected while `isHeld()` returns
 * false.
 */
export async function collectUntil(
  over: Promise<unknown>,
  isHeld: () => boolean,
  { collect, clock = systemClock, heapBytes = usedHeap, mark = markHeap }: CollectDeps,
): Promise<void> {
  let cancel = (): void => {};
  const wait = (ms: number): void => {
    const pauseMs = Math.max(ms, LEAST_PAUSE * EXPECTED_MS * (heapBytes() / 2 ** 20));
    const hasCollected = mark();
    cancel = clock.after(pauseMs, () => {
      const began = clock.now();
      if (isHeld()) collect(hasCollected());
      const tookMs = clock.now() - began;
      wait(Math.max(Math.min(2 * ms, LONGEST_MS), LEAST_PAUSE * tookMs));
    });
  };
  wait(SHORTEST_MS);
  try {
    await over;
  } finally {
    cancel();
  }
}

function usedHeap(): number {
  return getHeapStatistics().used_heap_size;
}

function markHeap(): () => boolean {
  // Only a full collection takes an object to which nothing but a WeakRef leads.
  const sentinel = new WeakRef({});
  return () => sentinel.deref() === undefined;
}
