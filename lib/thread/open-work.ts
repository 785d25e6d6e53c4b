import { performance, setImmediate } from '../core/timers.js';
import { Waiters } from '../core/waiters.js';
import { Gauge } from '../pool/gauge.js';
import type { RunningFacts } from '../surface/thread-surface.js';

/** Work that runs by itself. */
interface Run {
  readonly name: string;
  readonly beganAt: number;
}

/** Counts the work that a thread holds open besides the host's calls: streams, call-backs, direct calls, `waitUntil`. */
export class OpenWork {
  readonly #gauge: Int32Array;
  readonly #runs = new Set<Run>();
  readonly #idleWaiters = new Waiters();
  readonly #quietWaiters = new Waiters();

  /** `gauge` is shared with the host, which reads the count without asking. */
  constructor(gauge: Int32Array) {
    this.#gauge = gauge;
  }

  /** Counts one piece of open work; the returned function ends it, once. */
  readonly hold = (): (() => void) => {
    Atomics.add(this.#gauge, Gauge.held, 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      if (Atomics.sub(this.#gauge, Gauge.held, 1) === 1) this.#idleWaiters.release();
    };
  };

  /** Like {@link hold}, for work that runs by itself: a yielding version waits for it. */
  readonly run = (name: string): (() => void) => {
    const release = this.hold();
    const run: Run = { name, beganAt: performance.now() };
    this.#runs.add(run);
    Atomics.add(this.#gauge, Gauge.running, 1);
    return () => {
      if (!this.#runs.delete(run)) return;
      if (Atomics.sub(this.#gauge, Gauge.running, 1) === 1) this.#quietWaiters.release();
      release();
    };
  };

  /** The work that runs by itself, the oldest first. */
  get running(): RunningFacts[] {
    const now = performance.now();
    return Array.from(this.#runs, ({ name, beganAt }) => ({ name, ageMs: now - beganAt }));
  }

  /** Counts ticks of `every` that were dropped. */
  missTicks(ticks: number): void {
    Atomics.add(this.#gauge, Gauge.missedTicks, ticks);
  }

  /** Resolves when nothing runs by itself. */
  async whenQuiet(): Promise<void> {
    while (Atomics.load(this.#gauge, Gauge.running) > 0) {
      await this.#quietWaiters.wait();
    }
  }

  /** Resolves when nothing is held and all answers have been sent, which happens by the end of a turn. */
  async whenIdle(): Promise<void> {
    do {
      if (this.#isHeld()) await this.#idleWaiters.wait();
      await new Promise((resolve) => setImmediate(resolve));
    } while (this.#isHeld());
  }

  #isHeld(): boolean {
    return Atomics.load(this.#gauge, Gauge.held) > 0;
  }
}
