import { performance } from '../core/timers.js';
import type { ChangeTimes } from '../observe/events.js';

type Phase = Exclude<keyof ChangeTimes, 'total'>;

/** Measures the time that a change of generation takes, in total and by phase. */
export class Stopwatch {
  readonly #began = performance.now();
  readonly #phases: Record<Phase, number> = { start: 0, onReload: 0, handOver: 0, switch: 0 };

  /** Times so far, in milliseconds. */
  get ms(): ChangeTimes {
    return { total: performance.now() - this.#began, ...this.#phases };
  }

  /** Adds the time of `run`, which is synchronous, to a phase. */
  timeNow(phase: Phase, run: () => void): void {
    const began = performance.now();
    run();
    this.#phases[phase] += performance.now() - began;
  }

  /** Adds the time of `run` to a phase. */
  async time<Result>(phase: Phase, run: () => Promise<Result> | Result): Promise<Result> {
    const began = performance.now();
    try {
      return await run();
    } finally {
      this.#phases[phase] += performance.now() - began;
    }
  }
}
