import type { Clock } from '../../lib/core/clock.js';

interface Alarm {
  readonly at: number;
  readonly run: () => void;
}

/** A clock that stands still until a test advances it. */
export class FakeClock implements Clock {
  #now = 0;
  readonly #alarms = new Set<Alarm>();

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const alarm = { at: this.#now + ms, run };
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  }

  /**
   * Goes on by `ms`. Each timer that is due on the way runs at its time, and the promises that it settles before the next timer.
   */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      const [next] = [...this.#alarms]
        .filter(({ at }) => at <= end)
        .toSorted((one, other) => one.at - other.at);
      if (!next) break;
      this.#alarms.delete(next);
      this.#now = next.at;
      next.run();
      await new Promise(setImmediate);
    }
    this.#now = end;
  }
}
