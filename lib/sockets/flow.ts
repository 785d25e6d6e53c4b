import { ACKNOWLEDGED_BYTES, WINDOW_BYTES } from './protocol.js';

/** The sender's half of back-pressure in one direction: at most one window of bytes is in transit. */
export class Outflow {
  #unacknowledged = 0;

  /** Counts bytes that are sent. */
  sent(bytes: number): void {
    this.#unacknowledged += bytes;
  }

  /** Counts bytes that the other side has consumed. */
  acknowledged(bytes: number): void {
    this.#unacknowledged -= bytes;
  }

  /** Number of bytes that are sent and not consumed. */
  get inTransit(): number {
    return this.#unacknowledged;
  }

  /** True when no more may be sent for now. */
  get isFull(): boolean {
    return this.#unacknowledged >= WINDOW_BYTES;
  }

  /** True when enough has been consumed to resume sending after the window was full. */
  get hasRoom(): boolean {
    return this.#unacknowledged <= WINDOW_BYTES / 2;
  }
}

/** The receiver's half: reports consumed bytes in larger portions. */
export class Inflow {
  #consumed = 0;
  readonly #acknowledge: (bytes: number) => void;

  constructor(acknowledge: (bytes: number) => void) {
    this.#acknowledge = acknowledge;
  }

  consumed(bytes: number): void {
    this.#consumed += bytes;
    if (this.#consumed < ACKNOWLEDGED_BYTES) return;
    this.#acknowledge(this.#consumed);
    this.#consumed = 0;
  }
}
