import { performance } from 'node:perf_hooks';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';
import { setImmediate } from '../core/timers.js';
import { oldHeapLimit } from './heap-limit.js';

/** Number of held remote objects after which this side looks for unreachable ones. */
const MOST_UNLOOKED = 500;
/** Number of held objects that justify one millisecond of collection; slow collections are made less often. */
const PER_MILLISECOND = 100;

let held = 0;
let limit = MOST_UNLOOKED;

/**
 * Counts a remote object that is held here, until the returned function is called. It may be large on the other side but is tiny
 * here, so no collection would happen by itself: a thread that holds many collects those that nobody can reach. The host produces
 * enough garbage of its own and is not delayed.
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

/** Number of objects that are given away between two checks of the heap. */
const GIVEN_A_LOOK = 16;
/** Share of the limit of old objects beyond which the other side is asked to collect. */
const SHORT_OF_HEAP = 0.6;

let given = 0;

/**
 * Counts an object that is given to another side and may be kept alive only from there. Returns true when this side's heap is
 * nearly full, so that the other side must now release what it no longer uses.
 */
export function isShortOfHeapAfterGiving(): boolean {
  if (++given % GIVEN_A_LOOK !== 0) return false;
  const { getHeapStatistics } = process.getBuiltinModule('node:v8');
  return getHeapStatistics().used_heap_size > oldHeapLimit() * SHORT_OF_HEAP;
}

/** At most this share of the time goes into collections that other sides ask for. */
const MOST_OF_TIME = 0.5;

let isAsked = false;
let notBefore = 0;

/** Collects objects that the other side keeps only for this one, because that side asks for it. */
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

/** Collects garbage now; finalizers release objects in later turns. */
export function collect(): void {
  collector ??= globalThis.gc ?? exposeCollector();
  collector();
}

/** Returns V8's collector, where `--expose-gc` is not set: with it, the flag must stay for threads to come. */
function exposeCollector(): () => void {
  const { setFlagsFromString } = process.getBuiltinModule('node:v8');
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  return gc;
}
