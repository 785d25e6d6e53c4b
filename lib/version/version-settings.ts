import type { CrashLoopLimit } from './crash-loop.js';

/** What bounds a version; see the options of the swapper. */
export interface VersionSettings {
  readonly threads: number;
  readonly startMs: number;
  readonly freeMs: number;
  readonly drainMs: number;
  readonly concurrency: number;
  readonly maxQueued: number;
  readonly idempotentRetries: number;
  readonly crashLoop: CrashLoopLimit;
  /** `undefined` when nothing is done about a thread that is stuck. */
  readonly stuckMs?: number | undefined;
}
