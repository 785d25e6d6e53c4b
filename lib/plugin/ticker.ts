import { isThenable } from '../core/is-thenable.js';

/** Services that a ticker uses in its thread. */
export interface TickerDeps {
  /** Runs one tick, which counts as work of this version until the promise that it returns settles. Never rejects. */
  run(tick: () => unknown): Promise<void>;
  /** Called with the number of ticks that were dropped because the one before them had not ended, or the thread was busy. */
  missed(ticks: number): void;
}

interface Task {
  readonly ms: number;
  readonly run: () => unknown;
  timer: NodeJS.Timeout | undefined;
  /** Time when the next tick is due, in milliseconds of `performance.now()`. */
  due: number;
  isRunning: boolean;
  /** True when an activity declared the task on beginning, so that the next activity declares it again. */
  readonly isRenewed: boolean;
}

/** Runs that `every` has declared in one artifact; they repeat while the version is active. */
export class Ticker {
  #tasks: Task[] = [];
  /** True while an activity begins. */
  #isRenewing = false;
  /** Number of resources being opened that outlast the activity. */
  #lasting = 0;
  #host: TickerDeps | undefined;
  /** The runs that are under way. */
  readonly #runs = new Set<Promise<void>>();

  get count(): number {
    return this.#tasks.length;
  }

  declare(ms: number, run: () => unknown): void {
    const isRenewed = this.#isRenewing && this.#lasting === 0;
    const task: Task = { ms, run, timer: undefined, due: 0, isRunning: false, isRenewed };
    this.#tasks.push(task);
    if (this.#host) this.#begin(task);
  }

  /**
   * Forgets the runs that the last activity declared on beginning, because `onActive` is about to declare them again, until the
   * returned function is called.
   */
  renew(): () => void {
    this.#tasks = this.#tasks.filter(({ isRenewed }) => !isRenewed);
    this.#isRenewing = true;
    return () => {
      this.#isRenewing = false;
    };
  }

  /** Opens a resource that outlasts its activity: the next activity does not declare its runs again. */
  openLasting<Value>(open: () => Value): Value {
    this.#lasting++;
    const opened = (): void => void this.#lasting--;
    try {
      const value = open();
      if (isThenable(value)) return Promise.resolve(value).finally(opened) as Value;
      opened();
      return value;
    } catch (error) {
      opened();
      throw error;
    }
  }

  /** Opens a resource that ends with its activity, perhaps because one that outlasts it is the first to use it. */
  openRenewed<Value>(open: () => Value): Value {
    const around = this.#lasting;
    this.#lasting -= around;
    try {
      return open();
    } finally {
      // A lasting resource may have begun to open meanwhile, and counts until it is open.
      this.#lasting += around;
    }
  }

  start(host: TickerDeps): void {
    if (this.#host) return;
    this.#host = host;
    for (const task of this.#tasks) this.#begin(task);
  }

  /** Begins no more runs; a run in progress continues to its end. */
  stop(): void {
    this.#host = undefined;
    for (const task of this.#tasks) clearTimeout(task.timer);
  }

  /** Resolves when no run is under way. */
  async whenIdle(): Promise<void> {
    await Promise.all(this.#runs);
  }

  #begin(task: Task): void {
    task.due = performance.now() + task.ms;
    // A run from before a stop that is still in progress sets its own timer when it ends.
    if (!task.isRunning) this.#wait(task);
  }

  #wait(task: Task): void {
    task.timer = setTimeout(() => void this.#tick(task), Math.max(task.due - performance.now(), 0));
  }

  async #tick(task: Task): Promise<void> {
    const host = this.#host;
    if (!host) return;
    task.isRunning = true;
    // A start in the middle of the run counts from that time.
    task.due += task.ms;
    const run = host.run(task.run);
    this.#runs.add(run);
    await run;
    this.#runs.delete(run);
    task.isRunning = false;
    if (!this.#host || !this.#tasks.includes(task)) return;
    const missed = Math.max(Math.floor((performance.now() - task.due) / task.ms) + 1, 0);
    if (missed > 0) host.missed(missed);
    task.due += missed * task.ms;
    this.#wait(task);
  }
}

/** The ticker of the artifact into which this copy of the module is bundled. */
export const ticker = new Ticker();
