import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';
import { setImmediate } from '../core/timers.js';

/** So many objects of the other side are held before it is looked which of them nobody can reach any more. */
const MOST_UNLOOKED = 500;
/** More when it takes long: a look for each so many is worth a millisecond. */
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
  // What is found is let go in a turn of its own.
  setImmediate(() =>
    setImmediate(() => {
      limit = held + Math.max(MOST_UNLOOKED, held, ms * PER_MILLISECOND);
    }),
  );
}

let collector: (() => void) | undefined;

function collect(): void {
  if (!collector) {
    setFlagsFromString('--expose-gc');
    collector = runInNewContext('gc') as () => void;
    setFlagsFromString('--no-expose-gc');
  }
  collector();
}
