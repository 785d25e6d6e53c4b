import type { ChangeTimes } from '../observe/events.js';

type Phase = Exclude<keyof ChangeTimes, 'total'>;

/** How long a change of generation takes, in all and by phases. */
export class Stopwatch {
  readonly #began = performance.now();
  readonly #phases: Record<Phase, number> = { start: 0, onReload: 0, handOver: 0, switch: 0 };

  /** Milliseconds until now. */
  get ms(): ChangeTimes {
    return { total: performance.now() - this.#began, ...this.#phases };
  }

  /** Counts the time that `run` takes as part of a phase; nothing else happens in between. */
  timeNow(phase: Phase, run: () => void): void {
    const began = performance.now();
    run();
    this.#phases[phase] += performance.now() - began;
  }

  /** Counts the time that `run` takes as part of a phase. */
  async time<Result>(phase: Phase, run: () => Promise<Result> | Result): Promise<Result> {
    const began = performance.now();
    try {
      return await run();
    } finally {
      this.#phases[phase] += performance.now() - began;
    }
  }
}
