import { constants } from 'node:buffer';

/** Length of a body up to which a client's word is believed before it has sent anything. */
const BELIEVED_BYTES = 1_048_576;

/** A greater length is believed as soon as this part of the body has come. */
const BELIEVED_PART = 1 / 16;

/** The pieces of a body, gathered into one buffer: as they come, once the client's word for the length is believed. */
export class GatheredBody {
  readonly #said: number | undefined;
  readonly #free: (piece: Buffer) => void;
  readonly #most: number;
  /** Pieces that have come before. */
  #pieces: Buffer[] = [];
  #whole: Buffer<ArrayBuffer> | undefined;
  #length = 0;

  /**
   * `said` is the number of bytes that will come, if the client has told; `free` is given the pieces that were copied. A buffer
   * has at most `most` bytes.
   */
  constructor(said: number | undefined, free: (piece: Buffer) => void, most = constants.MAX_LENGTH) {
    this.#said = said;
    this.#free = free;
    this.#most = most;
  }

  /** @throws RangeError when the body is, or will be, too long for a buffer */
  add(piece: Buffer): void {
    const at = this.#length;
    this.#length += piece.length;
    if (Math.max(this.#length, this.#said ?? 0) > this.#most) throw tooLong(this.#most);
    if (this.#whole) return this.#copy(piece, this.#whole, at);
    this.#pieces.push(piece);
    const believed = Math.max(BELIEVED_BYTES, this.#length / BELIEVED_PART);
    if (this.#said !== undefined && this.#said <= believed) this.#whole = this.#gather(this.#said);
    return undefined;
  }

  /** Returns all that has come, as one buffer whose memory holds nothing else. */
  take(): Buffer<ArrayBuffer> {
    this.#whole ??= this.#gather(this.#length);
    if (this.#whole.length === this.#length) return this.#whole;
    const all = Buffer.allocUnsafeSlow(this.#length);
    all.set(this.#whole.subarray(0, this.#length));
    return all;
  }

  #gather(length: number): Buffer<ArrayBuffer> {
    const whole = Buffer.allocUnsafeSlow(length);
    let at = 0;
    for (const piece of this.#pieces) {
      const next = at + piece.length;
      this.#copy(piece, whole, at);
      at = next;
    }
    this.#pieces = [];
    return whole;
  }

  #copy(piece: Buffer, whole: Buffer, at: number): void {
    whole.set(piece, at);
    this.#free(piece);
  }
}

function tooLong(most: number): RangeError {
  return new RangeError(
    `Cannot read the body as a whole: it is longer than ${most} bytes, the most that a buffer can have; read request.body piece by piece, or lower maxBodyBytes.`,
  );
}
