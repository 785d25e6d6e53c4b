/** Receives the parts of a response. */
export interface ResponseSink {
  /** A head with a status below 200 has arrived. */
  informational(status: number, rawHeaders: string[]): void;
  head(status: number, message: string, rawHeaders: string[]): void;
  /** Returns whether it can take more now. */
  data(chunk: Buffer): boolean;
  /** The response has ended, with the last bytes of the body, if any, and the trailers. */
  end(last: Buffer | undefined, rawTrailers: string[]): void;
}

/** Returns whether a value of `transfer-encoding` says that the body comes in chunks. */
export function endsInChunked(codings: string): boolean {
  return /\bchunked\s*$/i.test(codings);
}

const ofConnection: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding']);

/** Returns whether a header belongs to the connection, not to the message. */
export function isOfConnection(name: string): boolean {
  return ofConnection.has(name.toLowerCase());
}

/** The part of a response that is read next. */
type Part =
  | { readonly kind: 'head' }
  | { readonly kind: 'length'; left: number }
  | { readonly kind: 'chunk size' }
  | { readonly kind: 'chunk'; left: number }
  | { readonly kind: 'chunk end' }
  | { readonly kind: 'trailers' }
  /** Up to the end of the connection. */
  | { readonly kind: 'rest' }
  | { readonly kind: 'done' };

const CRLF = '\r\n';

/** Reads the response that a server of the platform writes in a thread. It is well-formed, and framed in one of three ways. */
export class ResponseReader {
  readonly #sink: ResponseSink;
  readonly #isHead: boolean;
  #part: Part = { kind: 'head' };
  /** Beginning of a line or head whose end has not arrived. */
  #partial = Buffer.alloc(0);
  /** Bytes of the body that were read but not passed on yet, because this may be the last piece. */
  #piece: Buffer | undefined;
  #wantsMore = true;

  /** `isHead` is true for a HEAD request, whose response has no body. */
  constructor(sink: ResponseSink, isHead: boolean) {
    this.#sink = sink;
    this.#isHead = isHead;
  }

  get isDone(): boolean {
    return this.#part.kind === 'done';
  }

  /** True when a final head, one of 200 or above, has been read. */
  get hasBegun(): boolean {
    return this.#part.kind !== 'head';
  }

  /** Reads on. Returns whether it can take more now. */
  read(bytes: Buffer): boolean {
    this.#wantsMore = true;
    let rest = bytes;
    while (rest.length > 0 && !this.isDone) rest = this.#readPart(rest);
    if (this.#piece && !this.isDone) {
      const piece = this.#piece;
      this.#piece = undefined;
      this.#wantsMore = this.#sink.data(piece);
    }
    return this.#wantsMore;
  }

  /** Handles that nothing more follows. Returns whether that is also the end of the response. */
  end(): boolean {
    if (this.#part.kind === 'rest') this.#finish([]);
    return this.isDone;
  }

  #readPart(bytes: Buffer): Buffer {
    const part = this.#part;
    switch (part.kind) {
      case 'head':
        return this.#readUntil(bytes, '\r\n\r\n', (text) => this.#readHead(text));
      case 'chunk size':
        return this.#readUntil(bytes, CRLF, (text) => {
          const left = Number.parseInt(text, 16);
          this.#part = left > 0 ? { kind: 'chunk', left } : { kind: 'trailers' };
        });
      case 'chunk end':
        return this.#readUntil(bytes, CRLF, () => (this.#part = { kind: 'chunk size' }));
      case 'trailers':
        return this.#readTrailer(bytes);
      case 'length':
      case 'chunk':
        return this.#readBody(bytes, part);
      case 'rest':
        this.#pass(bytes);
        return bytes.subarray(bytes.length);
      case 'done':
        return bytes;
      default:
        return part satisfies never;
    }
  }

  #readBody(bytes: Buffer, part: Extract<Part, { left: number }>): Buffer {
    const piece = bytes.subarray(0, part.left);
    part.left -= piece.length;
    this.#pass(piece);
    if (part.left === 0) {
      if (part.kind === 'length') this.#finish([]);
      else this.#part = { kind: 'chunk end' };
    }
    return bytes.subarray(piece.length);
  }

  /** Passes everything up to `mark` to `take`, once it has arrived. */
  #readUntil(bytes: Buffer, mark: string, take: (text: string) => void): Buffer {
    const all = this.#partial.length === 0 ? bytes : Buffer.concat([this.#partial, bytes]);
    const at = all.indexOf(mark, 0, 'latin1');
    if (at === -1) {
      this.#partial = Buffer.from(all);
      return all.subarray(all.length);
    }
    this.#partial = Buffer.alloc(0);
    take(all.toString('latin1', 0, at));
    return all.subarray(at + mark.length);
  }

  #readTrailer(bytes: Buffer): Buffer {
    const isEmpty = this.#partial.length === 0 && bytes[0] === 0x0d && bytes[1] === 0x0a;
    const finish = (text: string): void => this.#finish(text === '' ? [] : pairsOf(text.split(CRLF)));
    return this.#readUntil(bytes, isEmpty ? CRLF : '\r\n\r\n', finish);
  }

  #readHead(text: string): void {
    const [statusLine = '', ...lines] = text.split(CRLF);
    const status = Number(statusLine.slice(9, 12));
    const rawHeaders = pairsOf(lines);
    if (status < 200 && status !== 101) return this.#sink.informational(status, rawHeaders);
    this.#sink.head(status, statusLine.slice(13), rawHeaders);
    const isBodiless = this.#isHead || status < 200 || status === 204 || status === 304;
    const part = isBodiless ? undefined : bodyOf(rawHeaders);
    if (part) this.#part = part;
    else this.#finish([]);
  }

  #pass(piece: Buffer): void {
    if (piece.length === 0) return;
    if (this.#piece) this.#wantsMore = this.#sink.data(this.#piece);
    this.#piece = piece;
  }

  #finish(rawTrailers: string[]): void {
    this.#part = { kind: 'done' };
    const last = this.#piece;
    this.#piece = undefined;
    this.#sink.end(last, rawTrailers);
  }
}

/** Returns how the body after a head is framed; `undefined` when there is none. */
function bodyOf(rawHeaders: readonly string[]): Part | undefined {
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] as string).toLowerCase();
    const value = rawHeaders[at + 1] as string;
    if (name === 'transfer-encoding' && endsInChunked(value)) return { kind: 'chunk size' };
    if (name !== 'content-length') continue;
    const left = Number(value);
    return left > 0 ? { kind: 'length', left } : undefined;
  }
  return { kind: 'rest' };
}

function pairsOf(lines: readonly string[]): string[] {
  const pairs: string[] = [];
  for (const line of lines) {
    const colon = line.indexOf(':');
    pairs.push(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return pairs;
}
