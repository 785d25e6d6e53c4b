/** How many crashes within how many milliseconds make a crash loop. */
export interface CrashLoopLimit {
  readonly crashes: number;
  readonly withinMs: number;
}

const FIRST_DELAY_MS = 50;
const LONGEST_DELAY_MS = 5_000;

/** Remembers the crashes of a version: how long to wait before the next thread, and when to give up. */
export class CrashLoop {
  readonly #limit: CrashLoopLimit;
  readonly #now: () => number;
  #crashes: number[] = [];

  constructor(limit: CrashLoopLimit, now: () => number = Date.now) {
    this.#limit = limit;
    this.#now = now;
  }

  /**
   * Records a crash. Answers the milliseconds to wait before replacing the thread (none after the first, then doubling),
   * or `gaveUp` when the limit is reached. After one that never came up, which may have taken longer than `withinMs`, the
   * earlier ones count still.
   */
  record(cameUp = true): number | 'gaveUp' {
    const now = this.#now();
    if (cameUp) this.#crashes = this.#crashes.filter((at) => now - at < this.#limit.withinMs);
    this.#crashes.push(now);
    const count = this.#crashes.length;
    if (count >= this.#limit.crashes) return 'gaveUp';
    return count === 1 ? 0 : Math.min(FIRST_DELAY_MS * 2 ** (count - 2), LONGEST_DELAY_MS);
  }
}
