import type { CallCounts } from './call-stats.js';

/** A call that was sent and not yet answered, or is still waiting. */
export interface PendingCall {
  /** The function that was called. */
  readonly name: string;
  /** Milliseconds since the call was made. */
  readonly ageMs: number;
  /** Index of the thread that runs it; `undefined` while it waits in the queue. */
  readonly thread: number | undefined;
  /** True when the caller has given up, so that nobody waits for the answer. */
  readonly abandoned: boolean;
}

/** One thread of a version. */
export interface ThreadStats {
  /** Index in its version, from 0. */
  readonly index: number;
  /** Step of the thread's life. */
  readonly state: 'starting' | 'serving' | 'leaving' | 'dead';
  /** Number of calls from the host that the thread has not answered. */
  readonly pending: number;
  /** Number of streams, iterators, callbacks, direct calls and `waitUntil` promises that the thread holds open. */
  readonly held: number;
  /** Share of the last second in which its event loop was busy, 0 to 1. */
  readonly eventLoopUtilization: number;
  /** Bytes of JavaScript heap in use, as of the last second. */
  readonly heapUsedBytes: number;
  /** Number of runs of `every` that were dropped, because the one before had not ended or the thread was busy. */
  readonly missedTicks: number;
}

/** A reason why a version is still alive. */
export type KeptBy =
  | { readonly kind: 'generation'; readonly id: number }
  | { readonly kind: 'pins'; readonly count: number }
  | { readonly kind: 'dependent'; readonly plugin: string; readonly version: string }
  /** A draining version calls this version, because the current one could not take these calls. */
  | { readonly kind: 'caller'; readonly plugin: string; readonly version: string }
  | { readonly kind: 'call'; readonly name: string; readonly ageMs: number }
  | { readonly kind: 'held'; readonly what: string; readonly count: number }
  | { readonly kind: 'open'; readonly thread: number; readonly count: number };

/** One version that has threads. */
export interface VersionStats extends CallCounts {
  /** The plugin's name. */
  readonly plugin: string;
  /** Eight hexadecimal digits of the artifact's hash. */
  readonly version: string;
  /** Step of the version's life. */
  readonly state: string;
  /** Time at which the version was loaded. */
  readonly loadedAt: Date;
  /** The version's threads, including those that come up or leave. */
  readonly threads: readonly ThreadStats[];
  /** Number of unanswered calls, including waiting ones. */
  readonly pendingCount: number;
  /** The unanswered calls. Built on first access, like `keptBy`, because there may be very many. */
  readonly pending: readonly PendingCall[];
  /** Number of calls that wait for a thread. */
  readonly queued: number;
  /**
   * State of exclusive work: `waiting` to become active, `active`, `yielding`, `yielded` to another version, or `asleep`: it
   * yielded for a change that was refused, and could not be woken yet.
   */
  readonly activity: string;
  /** Time of the last copy of its kept state to the host, if any. */
  readonly savedAt: Date | undefined;
  /**
   * Notes for people, as sentences: for example, that it runs with other packages than those it was built with. Empty when there
   * are none.
   */
  readonly remarks: readonly string[];
  /** Everything that keeps the version from being retired; empty when it is about to be. */
  readonly keptBy: readonly KeptBy[];
}

/**
 * Cost of a hand-over, in milliseconds: for how long calls waited, for how long the rehearsal stopped the old thread, and how
 * much of the wait was spent on moving kept state.
 */
export interface HandOverCost {
  readonly pause: number;
  readonly rehearsal: number;
  readonly move: number;
}

/** One plugin, across all its versions since the swapper was created. */
export interface PluginStats extends CallCounts {
  /** The plugin's name. */
  readonly plugin: string;
  /**
   * Cost of the latest hand-over from one version to the next; `undefined` when there was none, or the plugin is not exclusive.
   */
  readonly handOver: HandOverCost | undefined;
  /** Versions that have threads, newest first. */
  readonly versions: readonly VersionStats[];
}

/** The current state of a swapper. */
export interface SwapperStats {
  /** Id of the current generation; `undefined` before the first load. */
  readonly generation: number | undefined;
  /** Number of reloads that have completed. */
  readonly reloads: number;
  /** Number of reloads, loads and rollbacks that did not complete. */
  readonly failedChanges: number;
  /** Number of threads that died. */
  readonly crashes: number;
  /** Number of threads that were replaced because they held calls whose callers had given up (`abandonedMs`). */
  readonly abandoned: number;
  /** Number of threads that were replaced gracefully (`recycle`). */
  readonly recycled: number;
  /** Number of idle threads that wait for the next version. */
  readonly standbyThreads: number;
  /** One entry for each plugin that has been loaded, in the order of their names. */
  readonly plugins: readonly PluginStats[];
}
