import type { Bytes } from '../protocol.js';

/** More than the platform accepts as the head of a request. */
const MOST_BYTES = 64 * 1_024;

/** The head of a request, as far as it has come, from when nothing was under way until the request begins. */
export class UnfinishedHead {
  #bytes: Bytes[] | undefined;
  #length = 0;

  /** All of it; `undefined` while it is not known that nothing else is under way. */
  get bytes(): readonly Bytes[] | undefined {
    return this.#bytes;
  }

  /** Nothing is under way: what comes next is a head. */
  begin(): void {
    this.#bytes = [];
    this.#length = 0;
  }

  /** The request has begun. What else has come belongs to it, or to the next one: nobody knows. */
  end(): void {
    this.#bytes = undefined;
  }

  add(bytes: Bytes): void {
    if (!this.#bytes) return;
    this.#length += bytes.length;
    if (this.#length > MOST_BYTES) this.end();
    else this.#bytes.push(bytes);
  }
}
