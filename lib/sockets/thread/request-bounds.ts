import { SMALL_BYTES } from '../bytes.js';
import type { Bytes } from '../protocol.js';
import { RequestReader } from './request-reader.js';

/**
 * Bounds of requests in the bytes that a connection has received since nothing was in progress. They are determined on demand, or
 * when many bytes have arrived, because most requests are over by then.
 */
export class RequestBounds {
  /** Set where requests are read. */
  #reader: RequestReader | undefined;
  #unread: Bytes[] = [];
  #unreadLength = 0;
  #begun = 0;

  /** Notes that nothing is in progress, so that the next bytes are the head of a request. */
  begin(): void {
    if (this.#reader?.isFresh !== true) this.#reader = new RequestReader();
    if (this.#unread.length > 0) this.#unread = [];
    this.#unreadLength = 0;
    this.#begun = 0;
  }

  /** Notes that the platform has begun a request. */
  noteRequest(): void {
    this.#begun++;
  }

  /** Notes further bytes. */
  add(bytes: Bytes): void {
    if (!this.#reader || this.#reader.isLost) return;
    this.#unread.push(bytes);
    this.#unreadLength += bytes.length;
    // Large buffers are examined at once, because the app may move them elsewhere.
    if (this.#unreadLength > SMALL_BYTES) this.#read();
  }

  /** True where it is known how far the requests have come. */
  get areKnown(): boolean {
    return this.#read() !== undefined;
  }

  /** True when at least a part of the body of a request that has begun is missing. */
  get isInBody(): boolean {
    return this.#read()?.isInBody ?? false;
  }

  /** Returns whether the next `length` bytes are surely all of a body. */
  isBody(length: number): boolean {
    return this.#read()?.isBody(length) ?? false;
  }

  /** Returns the received part of the head of a request that has not begun; `undefined` while unknown. */
  get head(): readonly Bytes[] | undefined {
    const reader = this.#read();
    if (!reader || reader.isInBody) return undefined;
    return reader.head === '' ? [] : [reader.head];
  }

  /** Returns how many of the next bytes belong to the request that has arrived in part; `undefined` while unknown. */
  ownLength(bytes: Bytes): number | undefined {
    return this.#read()?.copy().readRequest(bytes);
  }

  /** Returns the reader that knows the bounds, if it agrees with the platform. */
  #read(): RequestReader | undefined {
    for (const bytes of this.#unread) this.#reader?.read(bytes);
    this.#unread = [];
    this.#unreadLength = 0;
    const isKnown = this.#reader && !this.#reader.isLost && this.#reader.heads === this.#begun;
    return isKnown ? this.#reader : undefined;
  }
}
