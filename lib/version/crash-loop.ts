import { performance } from 'node:perf_hooks';

/** How many crashes within how many milliseconds make a crash loop. */
export interface CrashLoopLimit {
  readonly crashes: number;
  readonly withinMs: number;
}

/** What a crash leads to: the thread is replaced after a pause, or so many crashes in so many milliseconds were too many. */
export type Verdict =
  | { readonly kind: 'replace'; readonly afterMs: number }
  | { readonly kind: 'giveUp'; readonly crashes: number; readonly overMs: number };

const FIRST_DELAY_MS = 50;
const LONGEST_DELAY_MS = 5_000;

/** Remembers the crashes of a version: how long to wait before the next thread, and when to give up. */
export class CrashLoop {
  readonly #limit: CrashLoopLimit;
  readonly #now: () => number;
  #crashes: number[] = [];

  /** `now` is in milliseconds, and never goes back. */
  constructor(limit: CrashLoopLimit, now = () => performance.now()) {
    this.#limit = limit;
    this.#now = now;
  }

  /**
   * Records a crash. The first is followed by no pause, the next by pauses that double. After a thread that never came up,
   * which may have taken longer than `withinMs`, the earlier crashes count still.
   */
  record(cameUp = true): Verdict {
    const now = this.#now();
    if (cameUp) this.#crashes = this.#crashes.filter((at) => now - at < this.#limit.withinMs);
    this.#crashes.push(now);
    const crashes = this.#crashes.length;
    if (crashes >= this.#limit.crashes) {
      return { kind: 'giveUp', crashes, overMs: Math.round(now - (this.#crashes[0] ?? now)) };
    }
    const afterMs = crashes === 1 ? 0 : Math.min(FIRST_DELAY_MS * 2 ** (crashes - 2), LONGEST_DELAY_MS);
    return { kind: 'replace', afterMs };
  }
}
