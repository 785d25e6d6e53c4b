import { isGivenAway, pack, packText, type Allocate } from '../bytes.js';
import { Outflow } from '../flow.js';
import type { Bytes } from '../protocol.js';
import { LARGEST_SPARE } from '../spare-size.js';

/**
 * Size of the pieces in which long bytes are copied, so that the copy of one is made while the host writes the other. Pieces of a
 * quarter of it cost more in wake-ups than they gain.
 */
const PIECE_BYTES = LARGEST_SPARE;

/** What a stream writes. */
export interface Written {
  readonly chunk: Buffer | string;
  readonly encoding: BufferEncoding;
}

/** The bytes that a socket writes, which cross as far as the host has consumed those before them. */
export class OutgoingBytes {
  readonly #send: (bytes: Bytes, transfer?: readonly ArrayBuffer[]) => void;
  readonly #allocate: Allocate | undefined;
  readonly #flow = new Outflow();
  /** Called when the host has consumed enough of what was sent. */
  #goOn: (() => void) | undefined;
  #count = 0;

  constructor(send: (bytes: Bytes, transfer?: readonly ArrayBuffer[]) => void, allocate?: Allocate) {
    this.#send = send;
    this.#allocate = allocate;
  }

  /** Number of bytes that were sent. */
  get count(): number {
    return this.#count;
  }

  /** Number of bytes that were sent and that the host has not consumed, as far as is known. */
  get inTransit(): number {
    return this.#flow.inTransit;
  }

  /** Sends `chunks`. Calls `callback` when more may be written. */
  write(chunks: readonly Written[], callback: () => void): void {
    // Short pieces, such as a head and its body, travel as one.
    let text = '';
    for (const [at, { chunk, encoding }] of chunks.entries()) {
      if (isLong(chunk)) {
        this.#post(text);
        text = '';
        const rest = this.#postPieces(chunk);
        if (rest.length === 0) continue;
        const later = [{ chunk: rest, encoding }, ...chunks.slice(at + 1)];
        this.#goOn = () => this.write(later, callback);
        return;
      }
      const transfer: ArrayBuffer[] = [];
      const bytes =
        typeof chunk === 'string'
          ? packText(chunk, encoding, transfer, this.#allocate)
          : pack(chunk, transfer, false, this.#allocate);
      if (typeof bytes === 'string') {
        text += bytes;
        continue;
      }
      this.#post(text);
      text = '';
      this.#post(bytes, transfer);
    }
    this.#post(text);
    if (this.#flow.isFull) this.#goOn = callback;
    else callback();
  }

  /** The host has consumed bytes. */
  acknowledge(bytes: number): void {
    this.#flow.acknowledged(bytes);
    if (!this.#goOn || !this.#flow.hasRoom) return;
    const goOn = this.#goOn;
    this.#goOn = undefined;
    goOn();
  }

  /** Sends nothing more of what waits, and forgets its callback. */
  stop(): void {
    this.#goOn = undefined;
  }

  /** Sends copies of the next pieces, while at most one is in transit. Returns the rest. */
  #postPieces(bytes: Buffer): Buffer {
    let rest = bytes;
    while (rest.length > 0 && this.#flow.inTransit <= PIECE_BYTES) {
      const transfer: ArrayBuffer[] = [];
      this.#post(pack(rest.subarray(0, PIECE_BYTES), transfer, false, this.#allocate), transfer);
      rest = rest.subarray(PIECE_BYTES);
    }
    return rest;
  }

  #post(bytes: Bytes, transfer?: readonly ArrayBuffer[]): void {
    if (bytes.length === 0) return;
    this.#count += bytes.length;
    this.#flow.sent(bytes.length);
    this.#send(bytes, transfer);
  }
}

/** Returns whether bytes are copied piece by piece: their owner keeps them, and a copy of all would wait in the host. */
function isLong(chunk: Buffer | string): chunk is Buffer {
  return typeof chunk !== 'string' && chunk.length > PIECE_BYTES && !isGivenAway(chunk);
}
