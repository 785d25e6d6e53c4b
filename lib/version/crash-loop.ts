import { systemClock, type Clock } from '../core/clock.js';

/** Limits beyond which the crashes of a version are too many. */
export interface CrashLoopLimit {
  /**
   * This many crashes within `withinMs` milliseconds are a crash loop. Infinity means never (`crashes`), or however long ago
   * (`withinMs`).
   */
  readonly crashes: number;
  readonly withinMs: number;
  /** Milliseconds after a version first became current: one that gives up later is not rolled back. */
  readonly rollbackWithinMs: number;
}

/** The consequence of a crash. */
export type Verdict =
  /** The thread is replaced after a pause. */
  | { readonly kind: 'replace'; readonly afterMs: number }
  /** The version had too many crashes in too short a time; one thread is tried again after a longer pause. */
  | {
      readonly kind: 'giveUp';
      readonly crashes: number;
      readonly overMs: number;
      readonly retryAfterMs: number;
    };

/** The verdict that there were too many crashes in too short a time. */
export type GiveUp = Extract<Verdict, { readonly kind: 'giveUp' }>;

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

/**
 * Remembers the crashes of a version and decides how long to wait before the next thread, when to give up, and when to try again.
 */
export class CrashLoop {
  readonly #limit: Pick<CrashLoopLimit, 'crashes' | 'withinMs'>;
  readonly #clock: Pick<Clock, 'now'>;
  #crashes: number[] = [];
  /** Number of times the version was given up without recovering for good. */
  #givenUp = 0;
  #revivedAt = Infinity;

  constructor(limit: Pick<CrashLoopLimit, 'crashes' | 'withinMs'>, clock: Pick<Clock, 'now'> = systemClock) {
    this.#limit = limit;
    this.#clock = clock;
  }

  /**
   * Records a crash. No pause follows the first crash; later pauses double. When a thread never came up, which may have taken
   * longer than `withinMs`, the earlier crashes still count.
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

  /** True when the next crash is one too many, or the version was already given up. */
  get isLastTry(): boolean {
    return this.#givenUp > 0 || this.#crashes.length >= this.#limit.crashes - 1;
  }

  /**
   * Notes that a thread came up after the version was given up. This counts as a success once `withinMs` have passed without a
   * crash.
   */
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
