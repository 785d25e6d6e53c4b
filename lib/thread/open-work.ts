import { setImmediate as turnEnd } from 'node:timers/promises';
import { Waiters } from '../core/waiters.js';
import { Gauge } from '../pool/gauge.js';

/** Counts the work that a thread holds open besides the host's calls: streams, call-backs, direct calls, `waitUntil`. */
export class OpenWork {
  readonly #gauge: Int32Array;
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
  readonly run = (): (() => void) => {
    const release = this.hold();
    Atomics.add(this.#gauge, Gauge.running, 1);
    let runs = true;
    return () => {
      if (!runs) return;
      runs = false;
      if (Atomics.sub(this.#gauge, Gauge.running, 1) === 1) this.#quietWaiters.release();
      release();
    };
  };

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
      await turnEnd();
    } while (this.#isHeld());
  }

  #isHeld(): boolean {
    return Atomics.load(this.#gauge, Gauge.held) > 0;
  }
}
