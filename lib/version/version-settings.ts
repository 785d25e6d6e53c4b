import type { CrashLoopLimit } from './crash-loop.js';

/** When a thread is replaced in peace; the first of these that is passed counts. */
export interface RecycleLimit {
  /** Megabytes of JavaScript heap in use. */
  readonly heapMb?: number;
  /** Milliseconds since it was made. */
  readonly ageMs?: number;
  /** Calls of the host that it was given. */
  readonly calls?: number;
}

/** What bounds a version; see the options of the swapper. */
export interface VersionSettings {
  readonly threads: number;
  readonly startMs: number;
  readonly freeMs: number;
  readonly drainMs: number;
  /** For what runs in an exclusive version to end, and for `onYield`. */
  readonly yieldMs: number;
  readonly concurrency: number;
  readonly maxQueued: number;
  readonly idempotentRetries: number;
  readonly crashLoop: CrashLoopLimit;
  /** Infinity when a thread may hold calls whose callers have given up for as long as it likes. */
  readonly abandonedMs: number;
  readonly recycle?: RecycleLimit | undefined;
  /** The environment of its threads, where it is not the host's. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** For the host's calls of live functions and live data that say nothing else. */
  readonly callTimeoutMs?: number | undefined;
  /** `undefined` when nothing is done about a thread that is stuck. */
  readonly stuckMs?: number | undefined;
}
