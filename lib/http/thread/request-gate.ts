import type { CallLimits } from '../../dispatch/balancer-options.js';

/** Lets so many requests be answered at a time; a few more wait, in order. */
export class RequestGate {
  readonly #limits: CallLimits;
  readonly #waiting = new Set<() => void>();
  #open = 0;

  constructor(limits: CallLimits) {
    this.#limits = limits;
  }

  /** Runs `enter` when there is room. Returns what gives up waiting, or `undefined` when too many wait already. */
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

  /** One that has entered has left. */
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
