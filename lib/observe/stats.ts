import type { CallCounts } from './call-stats.js';

/** A call that was sent and has no answer, or that still waits. */
export interface PendingCall {
  readonly name: string;
  readonly ageMs: number;
  /** Index of the thread that has it; `undefined` while it waits in the queue. */
  readonly thread: number | undefined;
  /** The caller has given up: nobody waits for the answer any more. */
  readonly abandoned: boolean;
}

/** One thread of a version. */
export interface ThreadStats {
  readonly index: number;
  readonly state: 'starting' | 'serving' | 'leaving' | 'dead';
  /** Calls of the host that it has not answered. */
  readonly pending: number;
  /** Streams, iterators, call-backs, direct calls and `waitUntil` promises that it holds open. */
  readonly held: number;
  /** Share of the last second that its event loop was busy, 0 to 1. */
  readonly eventLoopUtilization: number;
  /** Bytes of JavaScript heap in use, as of the last second. */
  readonly heapUsedBytes: number;
}

/** One reason for which a version is still alive. */
export type KeptBy =
  | { readonly kind: 'generation'; readonly id: number }
  | { readonly kind: 'pins'; readonly count: number }
  | { readonly kind: 'dependent'; readonly plugin: string; readonly version: string }
  /** A version that drains calls it: what is current could not take these calls. */
  | { readonly kind: 'caller'; readonly plugin: string; readonly version: string }
  | { readonly kind: 'call'; readonly name: string; readonly ageMs: number }
  | { readonly kind: 'held'; readonly what: string; readonly count: number }
  | { readonly kind: 'open'; readonly thread: number; readonly count: number };

/** One version that has threads. */
export interface VersionStats extends CallCounts {
  readonly plugin: string;
  readonly version: string;
  readonly state: string;
  readonly loadedAt: Date;
  readonly threads: readonly ThreadStats[];
  /** How many calls have no answer; those that wait included. */
  readonly pendingCount: number;
  /** These calls. Made when it is read first, like `keptBy`: there may be very many. */
  readonly pending: readonly PendingCall[];
  readonly queued: number;
  /** Whether it is the one that does what only one may do: `waiting` to be, `active`, `yielding`, or `yielded` to another. */
  readonly activity: string;
  /** When what it keeps was copied to the host last, if it ever was. */
  readonly savedAt: Date | undefined;
  /** Everything that keeps it from being retired; empty when it is about to be. */
  readonly keptBy: readonly KeptBy[];
}

/** Milliseconds that calls waited, that the rehearsal stopped the old thread, and that moving what was kept took of that pause. */
export interface HandOverCost {
  readonly pause: number;
  readonly rehearsal: number;
  readonly move: number;
}

/** One plugin, through all its versions since the swapper was made. */
export interface PluginStats extends CallCounts {
  readonly plugin: string;
  /** What its latest hand-over from one version to the next cost; `undefined` when there was none, or it is not exclusive. */
  readonly handOver: HandOverCost | undefined;
  /** Its versions that have threads, the newest first. */
  readonly versions: readonly VersionStats[];
}

/** What is going on in a swapper, now. */
export interface SwapperStats {
  /** Id of the current generation; `undefined` before the first load. */
  readonly generation: number | undefined;
  readonly reloads: number;
  /** Reloads, loads and rollbacks that did not complete. */
  readonly failedChanges: number;
  /** Threads that died. */
  readonly crashes: number;
  /** Threads that were replaced because they held calls whose callers had given up (`abandonedMs`). */
  readonly abandoned: number;
  /** Threads that were replaced in peace (`recycle`). */
  readonly recycled: number;
  /** Blank threads that wait for the next version. */
  readonly standbyThreads: number;
  readonly plugins: readonly PluginStats[];
}
