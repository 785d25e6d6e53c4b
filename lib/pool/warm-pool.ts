import type { Expected, ServingThread, ThreadPool } from './thread-pool.js';

/** A pool whose threads boot, or have booted, before they are requested. */
export interface WarmPool {
  readonly pool: ThreadPool;
  readonly threads: readonly ServingThread[];
}

/** @param expected what the threads warm up for. */
export function bootPool(pool: ThreadPool, threads: number, expected?: Expected): WarmPool {
  return { pool, threads: Array.from({ length: threads }, () => pool.serve(expected)) };
}

/** A pool that hands out its booted threads before it boots others. */
export function withBooted({ pool, threads }: WarmPool): ThreadPool {
  const waiting = [...threads];
  return {
    serve: () => waiting.shift() ?? pool.serve(),
    close: (graceMs) => pool.close(graceMs),
  };
}
