import { ACKNOWLEDGED_BYTES, WINDOW_BYTES } from './protocol.js';

/** The sender's half of the back-pressure of one direction: no more than a window is under way. */
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

  /** True when no more may be sent for now. */
  get isFull(): boolean {
    return this.#unacknowledged >= WINDOW_BYTES;
  }

  /** True when sending is worth it again after the window was full: not for every few bytes that are consumed. */
  get hasRoom(): boolean {
    return this.#unacknowledged <= WINDOW_BYTES / 2;
  }
}

/** The receiver's half: tells what was consumed, some of it at a time. */
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
