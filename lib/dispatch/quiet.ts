import { Waiters } from '../core/waiters.js';

/** Those who wait until calls have settled. */
export class Quiet {
  readonly #isIdle: () => boolean;
  readonly #settled = new Waiters();
  readonly #idle = new Waiters();

  /** @param isIdle returns true when nothing is pending and nothing waits. */
  constructor(isIdle: () => boolean) {
    this.#isIdle = isIdle;
  }

  whenIdle(): Promise<void> {
    return this.#isIdle() ? Promise.resolve() : this.#idle.wait();
  }

  /** Resolves when `holds` returns false, which is asked whenever a call has settled. */
  async whenNot(holds: () => boolean): Promise<void> {
    while (holds()) await this.#settled.wait();
  }

  /** A call has settled, or a connection is gone with its calls. */
  settled(): void {
    this.#settled.release();
  }

  /** A call has settled, or waits no more: there may be none. */
  left(): void {
    if (!this.#idle.isEmpty && this.#isIdle()) this.#idle.release();
  }
}
