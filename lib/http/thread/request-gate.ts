import type { CallLimits } from '../../dispatch/balancer-options.js';

/** Limits the number of requests answered at a time; a limited number waits, in order. */
export class RequestGate {
  readonly #limits: CallLimits;
  readonly #waiting = new Set<() => void>();
  #open = 0;

  constructor(limits: CallLimits) {
    this.#limits = limits;
  }

  /** Runs `enter` when there is room. Returns a function that gives up waiting, or `undefined` when too many wait already. */
  enter(enter: () => void): (() => void) | undefined {
    const { concurrency, maxQueued } = this.#limits;
    if (this.#open < concurrency) {
      this.#open++;
      enter();
      return () => {};
    }
    if (this.#waiting.size >= maxQueued) return undefined;
    this.#waiting.add(enter);
    return () => void this.#waiting.delete(enter);
  }

  /** A request has ended, and leaves its place. */
  leave(): void {
    const [next] = this.#waiting;
    if (!next) {
      this.#open--;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
