import { systemClock, type Clock } from '../core/clock.js';

/** When the crashes of a version are too many. */
export interface CrashLoopLimit {
  /** So many crashes within so many milliseconds are a crash loop. Infinity: never, or however long ago. */
  readonly crashes: number;
  readonly withinMs: number;
  /** Milliseconds from when a version first became current: one that gives up later is not rolled back from. */
  readonly rollbackWithinMs: number;
}

/** What a crash leads to. */
export type Verdict =
  /** The thread is replaced after a pause. */
  | { readonly kind: 'replace'; readonly afterMs: number }
  /** So many crashes in so many milliseconds were too many; one thread is tried again after a longer pause. */
  | {
      readonly kind: 'giveUp';
      readonly crashes: number;
      readonly overMs: number;
      readonly retryAfterMs: number;
    };

/** Too many crashes in too short a time. */
export type GiveUp = Extract<Verdict, { readonly kind: 'giveUp' }>;

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

/** Remembers the crashes of a version: how long to wait before the next thread, when to give up, and when to try again. */
export class CrashLoop {
  readonly #limit: Pick<CrashLoopLimit, 'crashes' | 'withinMs'>;
  readonly #clock: Pick<Clock, 'now'>;
  #crashes: number[] = [];
  /** How often it was given up without coming back for good. */
  #givenUp = 0;
  #revivedAt = Infinity;

  constructor(limit: Pick<CrashLoopLimit, 'crashes' | 'withinMs'>, clock: Pick<Clock, 'now'> = systemClock) {
    this.#limit = limit;
    this.#clock = clock;
  }

  /**
   * Records a crash. The first is followed by no pause, the next by pauses that double. After a thread that never came up,
   * which may have taken longer than `withinMs`, the earlier crashes count still.
   */
  record(cameUp = true): Verdict {
    const now = this.#clock.now();
    const { crashes: most, withinMs } = this.#limit;
    if (this.#givenUp > 0 && now - this.#revivedAt >= withinMs) this.#givenUp = 0;
    if (cameUp && this.#givenUp === 0) this.#crashes = this.#crashes.filter((at) => now - at < withinMs);
    this.#crashes.push(now);
    const crashes = this.#crashes.length;
    if (crashes >= most || this.#givenUp > 0) return this.#giveUp(now);
    const afterMs = crashes === 1 ? 0 : Math.min(FIRST_PAUSE_MS * 2 ** (crashes - 2), LONGEST_PAUSE_MS);
    return { kind: 'replace', afterMs };
  }

  /** Whether one more crash is one too many, or was. */
  get isLastTry(): boolean {
    return this.#givenUp > 0 || this.#crashes.length >= this.#limit.crashes - 1;
  }

  /** A thread came up after it was given up: that counts as a success when `withinMs` have passed without a crash. */
  revived(): void {
    this.#revivedAt = this.#clock.now();
  }

  #giveUp(now: number): GiveUp {
    const retryAfterMs = Math.min(FIRST_RETRY_MS * 2 ** this.#givenUp++, LONGEST_RETRY_MS);
    this.#revivedAt = Infinity;
    const overMs = Math.round(now - (this.#crashes[0] ?? now));
    return { kind: 'giveUp', crashes: this.#crashes.length, overMs, retryAfterMs };
  }
}
