import type { ResourceLimits } from 'node:worker_threads';
import type { RecycleLimit } from '../version/version-settings.js';

/** Options of an individual plugin; each overrides the swapper's option of that name. */
export interface PluginOptions {
  readonly threads?: number;
  readonly concurrency?: number;
  readonly maxQueued?: number;
  readonly resourceLimits?: ResourceLimits;
  readonly stuckMs?: number;
  readonly callTimeoutMs?: number;
  readonly drainMs?: number;
  readonly yieldMs?: number;
  readonly recycle?: RecycleLimit;
  readonly abandonedMs?: number;
  readonly env?: NodeJS.ProcessEnv;
}
