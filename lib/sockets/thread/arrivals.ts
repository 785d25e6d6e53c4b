import { unpack } from '../bytes.js';
import type { Bytes } from '../protocol.js';

/** The bytes of a connection that have arrived at its socket, and those among them that are not read yet. */
export class Arrivals {
  #waiting: Bytes[] = [];
  #count = 0;
  #endsBlank = false;
  /** Returns the number of waiting bytes to read here; the others may belong elsewhere. */
  #ownLength: ((bytes: Bytes) => number) | undefined;

  /** Number of bytes that have arrived so far. */
  get count(): number {
    return this.#count;
  }

  /** True when no byte was read yet. */
  get isFresh(): boolean {
    return this.#count === this.#waiting.reduce((sum, { length }) => sum + length, 0);
  }

  /** True when the last bytes end with an empty line, as a request without a body does. */
  get endsBlank(): boolean {
    return this.#endsBlank;
  }

  /** True when some bytes are not read yet. */
  get isBehind(): boolean {
    return this.#waiting.length > 0;
  }

  /** The bytes that are not read yet. */
  get waiting(): readonly Bytes[] {
    return this.#waiting;
  }

  add(bytes: Bytes): void {
    this.#count += bytes.length;
    this.#endsBlank = endsBlank(bytes);
    this.#waiting.push(bytes);
  }

  /** From now on, takes only the first `ownLength(bytes)` of waiting bytes; the rest waits. */
  holdBackAfter(ownLength: (bytes: Bytes) => number): void {
    this.#ownLength = ownLength;
  }

  /** Takes the next bytes to read here; `undefined` if there are none. */
  take(): Bytes | undefined {
    const [bytes] = this.#waiting;
    if (bytes === undefined) return undefined;
    const length = this.#ownLength?.(bytes) ?? bytes.length;
    if (length === 0 && bytes.length > 0) return undefined;
    if (length >= bytes.length) return this.#waiting.shift();
    this.#waiting[0] = part(bytes, length, bytes.length);
    return part(bytes, 0, length);
  }
}

function part(bytes: Bytes, from: number, to: number): Bytes {
  return typeof bytes === 'string' ? bytes.slice(from, to) : bytes.subarray(from, to);
}

function endsBlank(bytes: Bytes): boolean {
  if (typeof bytes === 'string') return bytes.endsWith('\r\n\r\n');
  return bytes.at(-1) === 0x0a && unpack(bytes.subarray(-4)).toString('latin1') === '\r\n\r\n';
}
