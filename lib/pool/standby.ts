import { performance } from 'node:perf_hooks';
import type { ServingThread, ThreadPool } from './thread-pool.js';

/** How often it is looked whether the process is idle enough to boot threads, and how idle that is. */
const LOOK_MS = 50;
const IDLE_UTILIZATION = 0.5;
/** A busy process boots them anyway after this long: the next reload is worth more than a perfect moment. */
const PATIENCE_MS = 2_000;

/** A pool whose threads have booted and wait for an artifact. */
interface Booted {
  readonly pool: ThreadPool;
  readonly threads: readonly ServingThread[];
}

/**
 * Blank threads, booted when the process is idle, that become the next version's: starting it then costs the import of
 * the artifact instead of the boot of a thread.
 */
export class Standby {
  readonly #create: () => ThreadPool;
  readonly #threads: number;
  #booted: Booted | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  /** `threads` is how many each pool has. */
  constructor(create: () => ThreadPool, threads: number) {
    this.#create = create;
    this.#threads = threads;
  }

  /** Threads that are booted and wait. */
  get waiting(): number {
    return this.#booted?.threads.length ?? 0;
  }

  /** The pool that waits, or a new one whose threads boot now. */
  take(): ThreadPool {
    const booted = this.#booted;
    this.#booted = undefined;
    return booted ? withBooted(booted) : this.#create();
  }

  /** Boots the next threads when the process is idle. */
  refill(): void {
    if (this.#closed || this.#booted || this.#timer) return;
    const since = performance.now();
    let before = performance.eventLoopUtilization();
    this.#timer = setInterval(() => {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, before);
      before = now;
      if (utilization > IDLE_UTILIZATION && performance.now() - since < PATIENCE_MS) return;
      this.#stopLooking();
      this.#boot();
    }, LOOK_MS);
    this.#timer.unref();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stopLooking();
    const booted = this.#booted;
    this.#booted = undefined;
    await booted?.pool.close();
  }

  #stopLooking(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #boot(): void {
    const pool = this.#create();
    this.#booted = { pool, threads: Array.from({ length: this.#threads }, () => pool.serve()) };
  }
}

/** A pool that gives out its booted threads before it boots others. */
function withBooted({ pool, threads }: Booted): ThreadPool {
  const waiting = [...threads];
  return {
    serve: () => waiting.shift() ?? pool.serve(),
    close: () => pool.close(),
  };
}
