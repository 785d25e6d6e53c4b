import type { ServingThread, ThreadPool } from './thread-pool.js';

/** A pool whose threads boot, or have booted, before they are asked for. */
export interface BootedPool {
  readonly pool: ThreadPool;
  readonly threads: readonly ServingThread[];
}

export function bootPool(pool: ThreadPool, threads: number, rehearses: boolean): BootedPool {
  return { pool, threads: Array.from({ length: threads }, () => pool.serve(rehearses)) };
}

/** A pool that gives out its booted threads before it boots others. */
export function withBooted({ pool, threads }: BootedPool): ThreadPool {
  const waiting = [...threads];
  return {
    serve: () => waiting.shift() ?? pool.serve(),
    close: (graceMs) => pool.close(graceMs),
  };
}
