import type { LiveswapError } from '../core/errors.js';
import { CrashLoop, type CrashLoopLimit } from './crash-loop.js';

/** What is done about the threads of a version that died. */
export interface RecoverySteps {
  /** Puts a new thread in the place of a dead one. */
  replace(index: number): void;
  /** Too many died: the last one with `cause`. */
  giveUp(cause: LiveswapError): void;
}

/** Replaces the threads of a version that die, with back-off, until they die too often. */
export class Recovery {
  readonly #crashes: CrashLoop;
  readonly #steps: RecoverySteps;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(limit: CrashLoopLimit, steps: RecoverySteps) {
    this.#crashes = new CrashLoop(limit);
    this.#steps = steps;
  }

  /** Thread `index` died with `cause`, before or after it came up. */
  recover(index: number, cause: LiveswapError, cameUp = true): void {
    const delay = this.#crashes.record(cameUp);
    if (delay === 'gaveUp') {
      this.stop();
      this.#steps.giveUp(cause);
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#steps.replace(index);
    }, delay);
    this.#timers.add(timer);
  }

  /** Replaces no more threads. */
  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
