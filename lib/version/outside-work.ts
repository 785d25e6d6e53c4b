import { IdMap } from '../core/id-map.js';
import { Waiters } from '../core/waiters.js';
import { performance } from '../core/timers.js';

/** A piece of work of a version in progress. */
export interface OutsideJob {
  readonly name: string;
  /** `performance.now()` when it began. */
  readonly beganAt: number;
  /** Index of the thread that runs the job. */
  readonly thread: number;
}

/**
 * Work that reaches the threads of a version other than by calls, such as the requests of a web app. It is counted like calls,
 * and the version stays alive for it just the same.
 */
export class OutsideWork {
  readonly #onSettled: (ms: number, failed: boolean) => void;
  /** The jobs by their numbers. */
  readonly #jobs = new IdMap<OutsideJob>();
  #lastJob = 0;
  readonly #held = new Map<string, number>();
  readonly #idleWaiters = new Waiters();
  readonly #gatekeepers = new Set<() => unknown>();
  #isGated = false;

  /** `onSettled` receives the duration of each job in milliseconds, and whether it failed. */
  constructor(onSettled: (ms: number, failed: boolean) => void) {
    this.#onSettled = onSettled;
  }

  /** Jobs in progress, the oldest first. */
  get jobs(): readonly OutsideJob[] {
    return this.#jobs.values();
  }

  /** Number of jobs in progress. */
  get pending(): number {
    return this.#jobs.size;
  }

  /** The other reasons that hold the version, and the count of each. */
  get held(): Iterable<readonly [what: string, count: number]> {
    return this.#held;
  }

  get isIdle(): boolean {
    return this.#jobs.size === 0 && this.#held.size === 0;
  }

  /** True while no new work may begin: its source holds it back, and keeps its order. */
  get isGated(): boolean {
    return this.#isGated;
  }

  /** Sets whether new work is held back. Resolves when the work that was on its way has begun, or was given back. */
  async setGated(isGated: boolean): Promise<void> {
    this.#isGated = isGated;
    await Promise.all(Array.from(this.#gatekeepers, (told) => told()));
  }

  /**
   * Calls `told` whenever {@link isGated} changes, until the returned function is called; a promise that `told` returns is
   * awaited.
   */
  onGate(told: () => unknown): () => void {
    this.#gatekeepers.add(told);
    return () => void this.#gatekeepers.delete(told);
  }

  /** Counts a job as begun; the returned function ends it, once. */
  begin(name: string, thread: number): (failed: boolean) => void {
    const job: OutsideJob = { name, thread, beganAt: performance.now() };
    const number = ++this.#lastJob;
    this.#jobs.set(number, job);
    return (failed) => {
      if (!this.#jobs.take(number)) return;
      this.#onSettled(performance.now() - job.beganAt, failed);
      this.#announceIdle();
    };
  }

  /** Counts a job that was over before it was reported. */
  record(ms: number, failed: boolean): void {
    this.#onSettled(ms, failed);
  }

  /** Keeps the version until the returned function is called; `what` names the reason, in the plural. */
  hold(what: string): () => void {
    this.#held.set(what, (this.#held.get(what) ?? 0) + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const left = (this.#held.get(what) ?? 1) - 1;
      if (left > 0) this.#held.set(what, left);
      else this.#held.delete(what);
      this.#announceIdle();
    };
  }

  /** Resolves when no job is in progress and nothing is held. */
  whenIdle(): Promise<void> {
    return this.isIdle ? Promise.resolve() : this.#idleWaiters.wait();
  }

  #announceIdle(): void {
    if (this.isIdle) this.#idleWaiters.release();
  }
}
