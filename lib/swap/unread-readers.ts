import { systemClock, type Clock } from '../core/clock.js';

/** Milliseconds after which a reader that has not asked for more counts as inactive: it waits for the end, or is gone. */
const UNREAD_MS = 1_000;

/** Watches the host's readers of streams and iterators: together they are inactive when none has asked for more for a second. */
export class UnreadReaders {
  readonly #clock: Pick<Clock, 'now'>;
  #pulls = -1;
  #since = 0;

  constructor(clock: Pick<Clock, 'now'> = systemClock) {
    this.#clock = clock;
  }

  /** Notes how often the readers have asked for more so far. Returns true when they are inactive. */
  areInactive(pulls: number): boolean {
    const now = this.#clock.now();
    if (pulls !== this.#pulls) this.#since = now;
    this.#pulls = pulls;
    return now - this.#since >= UNREAD_MS;
  }
}
