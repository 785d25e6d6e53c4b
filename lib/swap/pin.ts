import { isTimeable } from '../core/deadline.js';
import { LiveswapError } from '../core/errors.js';
import { clearTimeout, setTimeout } from '../core/timers.js';

/** What a pin does when it goes. */
export interface PinDeps {
  /** Milliseconds until it goes by itself. */
  readonly maxMs: number;
  /** Lets go of what is pinned; called once. */
  readonly letGo: (pin: Pin) => void;
  /** It went by itself. */
  readonly onExpired: () => void;
}

/** What holds a generation for a session. It knows nothing of the session, so that one that is forgotten can be collected. */
export class Pin {
  readonly #deps: PinDeps;
  readonly #timer: NodeJS.Timeout | undefined;
  #gone: 'released' | 'expired' | undefined;

  constructor(deps: PinDeps) {
    this.#deps = deps;
    if (isTimeable(deps.maxMs)) this.#timer = setTimeout(() => this.#expire(), deps.maxMs).unref();
  }

  /** @throws LiveswapError `CLOSED` when it has gone */
  check(): void {
    if (this.#gone === undefined) return;
    const why =
      this.#gone === 'released' ? 'is released' : `was released after ${this.#deps.maxMs} ms (maxMs)`;
    throw new LiveswapError('CLOSED', `This session ${why}: pin again.`);
  }

  /** Idempotent. */
  release(): void {
    this.#go('released');
  }

  #expire(): void {
    this.#go('expired');
    this.#deps.onExpired();
  }

  #go(how: 'released' | 'expired'): void {
    if (this.#gone !== undefined) return;
    this.#gone = how;
    clearTimeout(this.#timer);
    this.#deps.letGo(this);
  }
}
