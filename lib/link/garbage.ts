import { performance } from 'node:perf_hooks';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';
import { setImmediate } from '../core/timers.js';

/** Number of held objects of the other side after which unreachable ones are looked for. */
const MOST_UNLOOKED = 500;
/** Number of held objects that justify one millisecond of looking; a slow look is made more rarely. */
const PER_MILLISECOND = 100;

let held = 0;
let limit = MOST_UNLOOKED;

/**
 * Counts an object of the other side that is held here, until the returned function is called. What it leads to may be large on
 * the other side and is nothing on this one, so no collection would come of itself: a thread that holds many looks for those
 * that nobody can reach. The host has its own garbage, and is not held up.
 */
export function holdRemote(): () => void {
  held++;
  if (held >= limit && !isMainThread) {
    limit = Infinity;
    setImmediate(look);
  }
  return () => {
    held--;
  };
}

function look(): void {
  const before = performance.now();
  collect();
  const ms = performance.now() - before;
  // Finalizers run in a later turn.
  setImmediate(() =>
    setImmediate(() => {
      limit = held + Math.max(MOST_UNLOOKED, held, ms * PER_MILLISECOND);
    }),
  );
}

/** Number of objects that are given away between two looks at the heap. */
const GIVEN_A_LOOK = 16;
/** Share of the heap's limit beyond which the other side is asked to collect. */
const SHORT_OF_HEAP = 0.6;

let given = 0;

/**
 * Counts an object that is given to another side, which may be kept alive from there alone. Returns true when this side's heap is
 * nearly full, so that the other side must look now for what it no longer uses.
 */
export function isShortOfHeapAfterGiving(): boolean {
  if (++given % GIVEN_A_LOOK !== 0) return false;
  const { used_heap_size: used, heap_size_limit: most } = getHeapStatistics();
  return used > most * SHORT_OF_HEAP;
}

/** At most this share of the time goes into collections that other sides ask for. */
const MOST_OF_TIME = 0.5;

let isAsked = false;
let notBefore = 0;

/** Looks for what the other side keeps for this one alone, because that side asks for it. */
export function collectForOthers(): void {
  if (isAsked || performance.now() < notBefore) return;
  isAsked = true;
  setImmediate(() => {
    const before = performance.now();
    collect();
    isAsked = false;
    const after = performance.now();
    notBefore = after + (after - before) / MOST_OF_TIME;
  });
}

let collector: (() => void) | undefined;

/** Collects garbage now; what finalizers let go of follows in later turns. */
export function collect(): void {
  if (!collector) {
    setFlagsFromString('--expose-gc');
    collector = runInNewContext('gc') as () => void;
    setFlagsFromString('--no-expose-gc');
  }
  collector();
}
