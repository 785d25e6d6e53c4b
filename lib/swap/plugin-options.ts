import type { ResourceLimits } from 'node:worker_threads';
import type { RecycleLimit } from '../version/version-settings.js';

/** Options of an individual plugin; each overrides the swapper's option of that name. */
export interface PluginOptions {
  /** Number of threads for each version. Default: the swapper's. */
  readonly threads?: number;
  /** Maximum number of pending calls for each thread. Default: the swapper's. */
  readonly concurrency?: number;
  /** Number of calls that may wait for it; further ones are refused with `QUEUE_FULL`. Default: the swapper's. */
  readonly maxQueued?: number;
  /** Limits of its threads; see `worker_threads`. Default: the swapper's. */
  readonly resourceLimits?: ResourceLimits;
  /** Milliseconds after which a thread whose event loop does not respond is ended. Default: the swapper's. */
  readonly stuckMs?: number;
  /** Timeout in milliseconds for calls of its live functions and live data. Default: the swapper's. */
  readonly callTimeoutMs?: number;
  /** Milliseconds that a version of it may drain. Default: the swapper's. */
  readonly drainMs?: number;
  /** Time limit in milliseconds for its hand-over. Default: the swapper's. */
  readonly yieldMs?: number;
  /** Limits at which a thread of it is gracefully replaced. Default: the swapper's. */
  readonly recycle?: RecycleLimit;
  /** Milliseconds for which a thread may hold a call whose caller has given up. Default: the swapper's. */
  readonly abandonedMs?: number;
  /** Environment of its threads. Default: the swapper's. */
  readonly env?: NodeJS.ProcessEnv;
}
