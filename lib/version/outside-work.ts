/** A piece of work of a version that is under way. */
export interface OutsideJob {
  readonly name: string;
  /** `performance.now()` when it began. */
  readonly beganAt: number;
  /** Index of the thread that has it. */
  readonly thread: number;
}

/**
 * Work of a version that reaches its threads by other ways than calls, such as the requests of a web app. It is counted like
 * calls, and like them the version stays for it.
 */
export class OutsideWork {
  readonly #onSettled: (ms: number, failed: boolean) => void;
  readonly #jobs = new Set<OutsideJob>();
  readonly #held = new Map<string, number>();
  #idleWaiters: (() => void)[] = [];
  readonly #gatekeepers = new Set<() => void>();
  #isGated = false;

  /** `onSettled` is told how long each job took, and whether it failed. */
  constructor(onSettled: (ms: number, failed: boolean) => void) {
    this.#onSettled = onSettled;
  }

  /** What is under way, the oldest first. */
  get jobs(): Iterable<OutsideJob> {
    return this.#jobs;
  }

  /** How much is under way. */
  get pending(): number {
    return this.#jobs.size;
  }

  /** What the version is held for beside that, and how many of each. */
  get held(): Iterable<readonly [what: string, count: number]> {
    return this.#held;
  }

  get isIdle(): boolean {
    return this.#jobs.size === 0 && this.#held.size === 0;
  }

  /** Whether nothing new may begin: whoever brings it in holds it back, and keeps its order. */
  get isGated(): boolean {
    return this.#isGated;
  }

  /** Says whether something new may begin. */
  setGated(isGated: boolean): void {
    this.#isGated = isGated;
    for (const told of this.#gatekeepers) told();
  }

  /** Calls `told` whenever {@link isGated} is another, until the returned function is called. */
  onGate(told: () => void): () => void {
    this.#gatekeepers.add(told);
    return () => void this.#gatekeepers.delete(told);
  }

  /** Something has begun; the returned function ends it, once. */
  begin(name: string, thread: number): (failed: boolean) => void {
    const job: OutsideJob = { name, thread, beganAt: performance.now() };
    this.#jobs.add(job);
    return (failed) => {
      if (!this.#jobs.delete(job)) return;
      this.#onSettled(performance.now() - job.beganAt, failed);
      this.#announceIdle();
    };
  }

  /** Counts something that was over before it was heard of. */
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

  /** Resolves when nothing is under way and nothing is held. */
  whenIdle(): Promise<void> {
    if (this.isIdle) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  #announceIdle(): void {
    if (!this.isIdle) return;
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const resolve of waiters) resolve();
  }
}
