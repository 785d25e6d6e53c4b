import type { MakeCarrier } from '../dispatch/host-carrier.js';
import type { Tracing } from '../core/tracing.js';
import type { CrashLoopLimit } from './crash-loop.js';

/** Limits beyond which a thread is replaced in an orderly way; the first one that is exceeded counts. */
export interface RecycleLimit {
  /** Megabytes of JavaScript heap in use. */
  readonly heapMb?: number;
  /** Milliseconds since the thread was made. */
  readonly ageMs?: number;
  /** Calls that the host gave to the thread. */
  readonly calls?: number;
}

/** Settings of a version; see the options of the swapper. */
export interface VersionSettings {
  readonly threads: number;
  readonly startMs: number;
  readonly freeMs: number;
  readonly drainMs: number;
  /** Milliseconds for running work of an exclusive version to end, and for `onYield`. */
  readonly yieldMs: number;
  readonly concurrency: number;
  readonly maxQueued: number;
  readonly idempotentRetries: number;
  readonly crashLoop: CrashLoopLimit;
  /** Milliseconds that a thread may hold calls whose callers have given up; Infinity for no limit. */
  readonly abandonedMs: number;
  readonly recycle?: RecycleLimit | undefined;
  /** The environment of the version's threads, if it differs from the host's. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Default deadline, in milliseconds, of the host's calls of live functions and live data. */
  readonly callTimeoutMs?: number | undefined;
  readonly tracing?: Tracing | undefined;
  /** Makes the carrier of the host's calls. */
  readonly carrier?: MakeCarrier | undefined;
  /** Milliseconds without an answer after which a thread counts as stuck; `undefined` when stuck threads are left alone. */
  readonly stuckMs?: number | undefined;
}
