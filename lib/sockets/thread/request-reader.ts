import { unpack } from '../bytes.js';
import type { Bytes } from '../protocol.js';

/** Maximum size of a head, more than the platform accepts. */
const LONGEST_HEAD = 64 * 1_024;

/** Position of a reader in the requests of a connection. */
type Place =
  /** Between two requests, or in the head of one. */
  | { readonly kind: 'head' }
  /** In a body of known length, or in one chunk of a body, with the number of missing bytes. */
  | { readonly kind: 'body' | 'chunk'; readonly left: number }
  /** In a line between two chunks. */
  | { readonly kind: 'chunkSize' }
  /** In the lines after the last chunk. */
  | { readonly kind: 'trailers' }
  /** Unknown: the bytes are not requests, or not any more. */
  | { readonly kind: 'lost' };

const HEAD: Place = { kind: 'head' };
const LOST: Place = { kind: 'lost' };

/** Finds where requests begin and end in the bytes of a connection, which begin with the head of one. */
export class RequestReader {
  #place: Place = HEAD;
  /** Received part of a head or line. */
  #text = '';
  #heads = 0;

  /** Number of whole heads so far. */
  get heads(): number {
    return this.#heads;
  }

  /** True when the reader has read nothing. */
  get isFresh(): boolean {
    return this.#heads === 0 && this.#place === HEAD && this.#text === '';
  }

  get isLost(): boolean {
    return this.#place.kind === 'lost';
  }

  /** True when a head has been read, but not all of its body. */
  get isInBody(): boolean {
    return this.#place.kind !== 'head' && !this.isLost;
  }

  /** Returns whether the next `length` bytes are all of a body of known length, or of one chunk. */
  isBody(length: number): boolean {
    const place = this.#place;
    if (place.kind === 'body') return place.left >= length;
    // Here, `left` of a chunk includes the end of its line.
    return place.kind === 'chunk' && place.left - 2 >= length;
  }

  /** Received part of the next head; empty between two requests. */
  get head(): string {
    return this.#place.kind === 'head' ? this.#text : '';
  }

  copy(): RequestReader {
    const copy = new RequestReader();
    copy.#place = this.#place;
    copy.#text = this.#text;
    copy.#heads = this.#heads;
    return copy;
  }

  /** Reads all of `bytes`. */
  read(bytes: Bytes): void {
    let rest = bytes;
    while (rest.length > 0) rest = this.#step(rest);
  }

  /** Reads to the end of the current request. Returns the number of bytes read. */
  readRequest(bytes: Bytes): number {
    let rest = bytes;
    while (rest.length > 0) {
      rest = this.#step(rest);
      if (this.#place.kind === 'head' && this.#text === '') break;
    }
    return bytes.length - rest.length;
  }

  /** Reads up to the next border. Returns what comes after it. */
  #step(bytes: Bytes): Bytes {
    const place = this.#place;
    switch (place.kind) {
      case 'head':
        return this.#readText(bytes, '\r\n\r\n', (head) => this.#afterHead(head));
      case 'body':
      case 'chunk':
        return this.#skip(bytes, place);
      case 'chunkSize':
        return this.#readText(bytes, '\r\n', afterChunkSize);
      case 'trailers':
        return this.#readText(bytes, '\r\n', (line) => (line === '' ? HEAD : place));
      case 'lost':
        return '';
      default:
        return place satisfies never;
    }
  }

  #skip(bytes: Bytes, place: Extract<Place, { readonly left: number }>): Bytes {
    const taken = Math.min(place.left, bytes.length);
    const next = place.kind === 'chunk' ? ({ kind: 'chunkSize' } as const) : HEAD;
    this.#place = taken < place.left ? { kind: place.kind, left: place.left - taken } : next;
    if (taken === bytes.length) return '';
    return typeof bytes === 'string' ? bytes.slice(taken) : bytes.subarray(taken);
  }

  #readText(bytes: Bytes, end: string, next: (text: string) => Place): Bytes {
    this.#text += typeof bytes === 'string' ? bytes : unpack(bytes).toString('latin1');
    // Empty lines before a head belong to no request.
    if (this.#place.kind === 'head') this.#text = this.#text.replace(/^(?:\r\n)+/, '');
    const at = this.#text.indexOf(end);
    if (at === -1) {
      if (this.#text.length > LONGEST_HEAD) this.#lose();
      return '';
    }
    const after = this.#text.slice(at + end.length);
    this.#place = next(this.#text.slice(0, at));
    this.#text = '';
    return after;
  }

  #afterHead(head: string): Place {
    this.#heads++;
    if (/^CONNECT |\r\nupgrade:/i.test(head)) return LOST;
    const encoding = /\r\ntransfer-encoding:([^\r]*)/i.exec(head)?.[1];
    if (encoding !== undefined) return /chunked\s*$/i.test(encoding) ? { kind: 'chunkSize' } : LOST;
    const left = Number(/\r\ncontent-length:\s*(\d+)/i.exec(head)?.[1] ?? 0);
    return left > 0 ? { kind: 'body', left } : HEAD;
  }

  #lose(): void {
    this.#place = LOST;
    this.#text = '';
  }
}

function afterChunkSize(line: string): Place {
  const size = Number.parseInt(line, 16);
  if (Number.isNaN(size)) return LOST;
  // A line ends each chunk.
  return size > 0 ? { kind: 'chunk', left: size + 2 } : { kind: 'trailers' };
}
