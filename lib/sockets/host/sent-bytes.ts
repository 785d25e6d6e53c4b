import type { Bytes } from '../protocol.js';

/**
 * Returns whether requests may be sent to a second thread when the first thread dies before it answers. `bytes` are the beginning
 * of the first request, or all that has come.
 */
export type MayRepeat = (bytes: string) => boolean;

/** Bytes of one connection that were sent to its thread: their number, and whether they are answered and may be sent again. */
export class SentBytes {
  readonly #mayRepeat: MayRepeat | undefined;
  #count = 0;
  /** Number of bytes sent by the last moment when nothing was in progress. */
  #settledAt = 0;
  #isAnswering = false;
  /** The bytes since then, if they may be sent again. */
  #repeatable: string[] | undefined;
  #hasRepeated = false;

  constructor(mayRepeat: MayRepeat | undefined) {
    this.#mayRepeat = mayRepeat;
  }

  get count(): number {
    return this.#count;
  }

  /** True when, as far as known, everything that was sent has been answered. */
  get isSettled(): boolean {
    return this.#count === this.#settledAt;
  }

  /** True when bytes of an answer have arrived since then. */
  get isAnswering(): boolean {
    return this.#isAnswering;
  }

  /** Begins to count for another thread. */
  restart(): void {
    this.#count = 0;
    this.#settledAt = 0;
    this.#isAnswering = false;
  }

  add(bytes: Bytes): void {
    if (this.#mayRepeat) this.#remember(bytes, this.#mayRepeat);
    this.#count += bytes.length;
  }

  answering(): void {
    this.#isAnswering = true;
  }

  /** Notes that the first `count` bytes are answered. */
  settle(count: number): void {
    this.#settledAt = count;
    this.#isAnswering = false;
    this.#hasRepeated = false;
  }

  /** Returns the bytes to send to a second thread, once; `undefined` when they must not be sent again. */
  takeRepeat(): string[] | undefined {
    if (this.#isAnswering || this.#hasRepeated || !this.#repeatable) return undefined;
    // A client may send requests of other kinds behind the first one.
    if (!this.#mayRepeat?.(this.#repeatable.join(''))) return undefined;
    this.#hasRepeated = true;
    return [...this.#repeatable];
  }

  #remember(bytes: Bytes, mayRepeat: MayRepeat): void {
    const isFirst = this.isSettled;
    if (isFirst) this.#repeatable = [];
    const isKept = typeof bytes === 'string' && (!isFirst || mayRepeat(bytes));
    if (isKept) this.#repeatable?.push(bytes);
    else this.#repeatable = undefined;
  }
}
