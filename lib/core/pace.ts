import { setImmediate as turnEnd } from 'node:timers/promises';
import { performance } from './timers.js';

/** Time after which a pace yields to the event loop, in milliseconds: a quarter of the time for which a reload may block it. */
const SLICE_MS = 5;

/**
 * Spreads work for many over turns of the event loop. Work that wakes a thread takes microseconds of processor time, but on a
 * busy machine the woken thread takes the core at once: telling 300 threads in one turn kept the host for 500 ms.
 */
export class Pace {
  readonly #sliceMs: number;
  #since = performance.now();
  #last: Promise<unknown> = Promise.resolve();

  /** With a slice of 0, each piece of work has a turn of its own. */
  constructor(sliceMs = SLICE_MS) {
    this.#sliceMs = sliceMs;
  }

  /**
   * Begins `work` in order of arrival, in this turn of the event loop or a later one, without waiting for earlier work to end.
   */
  do<T>(work: () => T | Promise<T>): Promise<T> {
    const begun = this.#last.then(async () => {
      if (performance.now() - this.#since >= this.#sliceMs) {
        await turnEnd();
        this.#since = performance.now();
      }
      // Wrapped, so that a promise is not awaited here.
      return { result: work() };
    });
    this.#last = begun.catch(() => {});
    return begun.then(async ({ result }) => result);
  }
}
