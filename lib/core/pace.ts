import { setImmediate as turnEnd } from 'node:timers/promises';
import { Semaphore } from './semaphore.js';
import { performance, setTimeout } from './timers.js';

/** Time after which a pace yields to the event loop, in milliseconds: a quarter of the time for which a reload may block it. */
const SLICE_MS = 5;

/** After this time, in milliseconds, work that has not ended no longer holds up what comes after it. */
const LONGEST_HOLD_MS = 10;

/**
 * Spreads work for many over turns of the event loop. Work that wakes a thread takes microseconds of processor time, but on a
 * busy machine the woken thread takes the core at once: telling 300 threads in one turn kept the host for 500 ms.
 */
export class Pace {
  readonly #sliceMs: number;
  #since = performance.now();
  #last: Promise<unknown> = Promise.resolve();
  readonly #places: Semaphore;

  /**
   * With a slice of 0, each piece of work has a turn of its own. Of the pieces that have begun within the last 10 ms, `atATime` are
   * under way at the same time at most.
   */
  constructor(sliceMs = SLICE_MS, atATime = Infinity) {
    this.#sliceMs = sliceMs;
    this.#places = new Semaphore(atATime);
  }

  /**
   * Begins `work` in order of arrival, in this turn of the event loop or a later one, without waiting for earlier work to end
   * unless too much is under way. Resolves to its result.
   */
  async do<T>(work: () => T | Promise<T>): Promise<T> {
    const { result } = await this.begin(work);
    return result;
  }

  /** Like {@link do}, but resolves when `work` has begun, to the promise of its result. */
  begin<T>(work: () => T | Promise<T>): Promise<{ readonly result: Promise<T> }> {
    const begun = this.#last.then(async () => {
      const leave = await this.#places.enter();
      if (performance.now() - this.#since >= this.#sliceMs) {
        await turnEnd();
        this.#since = performance.now();
      }
      setTimeout(leave, LONGEST_HOLD_MS).unref();
      // Wrapped, so that a promise is not awaited here.
      const result = (async () => work())();
      result.then(leave, leave);
      return { result };
    });
    this.#last = begun;
    return begun;
  }
}
