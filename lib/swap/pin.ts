import { isTimeable } from '../core/deadline.js';
import { LiveswapError } from '../core/errors.js';
import { clearTimeout, setTimeout } from '../core/timers.js';

/** Dependencies of a Pin. */
export interface PinDeps {
  /** Milliseconds until the pin expires. */
  readonly maxMs: number;
  /** Releases the pinned generation; called once. */
  readonly letGo: (pin: Pin) => void;
  /** Called when the pin expires. */
  readonly onExpired: () => void;
}

/** Holds a generation for a session. It has no reference to the session, so that a forgotten session can be garbage-collected. */
export class Pin {
  readonly #deps: PinDeps;
  readonly #timer: NodeJS.Timeout | undefined;
  #gone: 'released' | 'expired' | undefined;
  /** Number of calls of the session that have not settled. */
  #calls = 0;

  constructor(deps: PinDeps) {
    this.#deps = deps;
    if (isTimeable(deps.maxMs)) this.#timer = setTimeout(() => this.#expire(), deps.maxMs).unref();
  }

  /** @throws LiveswapError `CLOSED` when the pin has been released */
  check(): void {
    if (this.#gone === undefined) return;
    const why =
      this.#gone === 'released' ? 'is released' : `was released after ${this.#deps.maxMs} ms (maxMs)`;
    throw new LiveswapError('CLOSED', `This session ${why}: pin again.`);
  }

  /** Holds the generation until a call has settled, even after the release: the calls that it makes stay in the generation, too. */
  during(call: Promise<unknown>): void {
    this.#calls++;
    const settled = (): void => {
      this.#calls--;
      if (this.#gone === 'released') this.#letGo();
    };
    call.then(settled, settled);
  }

  /** Releases the pin. Idempotent. */
  release(): void {
    if (this.#gone !== undefined) return;
    this.#gone = 'released';
    this.#letGo();
  }

  #expire(): void {
    if (this.#gone === undefined) this.#deps.onExpired();
    this.#gone = 'expired';
    this.#calls = 0;
    this.#letGo();
  }

  #letGo(): void {
    if (this.#calls > 0) return;
    clearTimeout(this.#timer);
    this.#deps.letGo(this);
  }
}
