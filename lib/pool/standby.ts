import { performance } from 'node:perf_hooks';
import { outsideContext } from '../core/async-context.js';
import { clearInterval, setInterval } from '../core/timers.js';
import { bootPool, withBooted, type WarmPool } from './warm-pool.js';
import { isUp } from './gauge.js';
import { BLANK_LEAVE_MS, type Expected, type ThreadPool } from './thread-pool.js';

/**
 * Interval between checks whether the process is idle enough to boot threads, in milliseconds, and the share of idle time that
 * this takes.
 */
const LOOK_MS = 50;
const IDLE_UTILIZATION = 0.5;
/**
 * A busy process boots the threads anyway after this time: during a reload it would be just as busy, and the reload would wait.
 */
const PATIENCE_MS = 500;
/** Maximum number of threads that are kept, unless a single version needs more: each costs about 8 MB. */
const MOST_THREADS = 8;

/**
 * Idle threads for the next versions, booted when the process is idle: starting a version then costs the import of its artifact
 * instead of the boot of a thread. There are as many as the last change took, because most changes are like the one before; after
 * the first load, enough for one version.
 */
export class Standby {
  readonly #create: () => ThreadPool;
  readonly #threads: number;
  readonly #booted: WarmPool[] = [];
  /** Number of pools to have ready; zero until the first load is done, so the pools that the load takes do not count. */
  #wanted = 0;
  #taken = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  /** The threads warm up for an app as soon as one has been loaded, because an app includes everything that a plugin needs. */
  #expected: Expected = 'plugin';

  /** `threads` is the number of threads in each pool. */
  constructor(create: () => ThreadPool, threads: number) {
    this.#create = create;
    this.#threads = threads;
  }

  /** Number of threads that are up and waiting. */
  get waiting(): number {
    return this.#booted.flatMap(({ threads }) => threads.filter(({ gauge }) => isUp(gauge))).length;
  }

  /** Returns the pool that has waited longest, or a new one whose threads boot now; `what` will run in it. */
  take(what: Expected): ThreadPool {
    if (what === 'app') this.#expected = what;
    if (this.#wanted > 0) this.#taken++;
    const booted = this.#booted.shift();
    return withBooted(booted ?? bootPool(this.#create(), this.#threads));
  }

  /** Boots the threads of the next versions, one version's at a time, whenever the process is idle. */
  refill(): void {
    this.#wanted = Math.max(1, Math.min(this.#taken, Math.floor(MOST_THREADS / this.#threads)));
    this.#taken = 0;
    outsideContext(() => this.#look());
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#lookNoMore();
    await Promise.all(this.#booted.splice(0).map(({ pool }) => pool.close(BLANK_LEAVE_MS)));
  }

  #look(): void {
    if (this.#closed || this.#timer || this.#booted.length >= this.#wanted) return;
    const since = performance.now();
    let before = performance.eventLoopUtilization();
    this.#timer = setInterval(() => {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, before);
      before = now;
      if (utilization > IDLE_UTILIZATION && performance.now() - since < PATIENCE_MS) return;
      this.#lookNoMore();
      this.#boot();
      this.#look();
    }, LOOK_MS);
    this.#timer.unref();
  }

  #lookNoMore(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #boot(): void {
    const booted = bootPool(this.#create(), this.#threads, this.#expected);
    this.#booted.push(booted);
    for (const { exited } of booted.threads) void exited.then(() => this.#discard(booted));
  }

  /** Drops a pool in which a thread died while waiting. No others are booted until the next change. */
  #discard(booted: WarmPool): void {
    const at = this.#booted.indexOf(booted);
    if (at === -1) return;
    this.#booted.splice(at, 1);
    void booted.pool.close(BLANK_LEAVE_MS);
    // The next one might die in the same way, and so might its successors.
    this.#lookNoMore();
  }
}
