import type { ServingThread, ThreadPool } from './thread-pool.js';

/** A pool whose threads boot, or have booted, before they are requested. */
export interface WarmPool {
  readonly pool: ThreadPool;
  readonly threads: readonly ServingThread[];
}

export function bootPool(pool: ThreadPool, threads: number, warmsUp: boolean): WarmPool {
  return { pool, threads: Array.from({ length: threads }, () => pool.serve(warmsUp)) };
}

/** A pool that hands out its booted threads before it boots others. */
export function withBooted({ pool, threads }: WarmPool): ThreadPool {
  const waiting = [...threads];
  return {
    serve: () => waiting.shift() ?? pool.serve(),
    close: (graceMs) => pool.close(graceMs),
  };
}
