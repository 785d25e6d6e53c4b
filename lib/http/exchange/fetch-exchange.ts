import { types } from 'node:util';
import type { Carrier } from '../../core/carrier.js';
import { LiveswapError } from '../../core/errors.js';
import type { Channel, Exchange } from './channel.js';
import { writeHead, writeTrailers } from './request-head.js';
import { isOfConnection } from './response-reader.js';

/** Statuses for which the platform accepts no body. */
const bodiless: ReadonlySet<number> = new Set([204, 205, 304]);

/** Takes a `Request` to a thread, and the `Response` back. */
export class FetchExchange implements Exchange {
  /** Rejects when there is no response. */
  readonly response: Promise<Response>;
  readonly #channel: Channel;
  #resolve!: (response: Response) => void;
  #reject!: (cause: unknown) => void;
  #head: { readonly status: number; readonly statusText: string; readonly headers: Headers } | undefined;
  #body: ReadableStreamDefaultController<Uint8Array> | undefined;
  #holdsBack = Promise.resolve();
  #goOn: (() => void) | undefined;

  constructor(request: Request, channel: Channel, carrier?: Carrier) {
    this.#channel = channel;
    this.response = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const { method, body } = request;
    const { host, pathname, search } = new URL(request.url);
    const given = request.headers.get('content-length');
    const length = body === null || given === null ? undefined : Number(given);
    // A request that was made with the headers of another one may have no body, or a different one.
    const isMeant = (name: string): boolean =>
      name !== 'host' && (name !== 'content-length' || length !== undefined);
    const rawHeaders = ['host', host, ...[...request.headers].filter(([name]) => isMeant(name)).flat()];
    const head = { method, target: `${pathname}${search}`, httpVersion: '1.1', rawHeaders, carrier };
    const isChunked = body !== null && length === undefined;
    channel.begin(writeHead(head, isChunked ? 'in chunks' : 'as it says'), method === 'HEAD', this);
    this.#send(body, length).catch((cause: unknown) => this.#abandon(cause));
    const { signal } = request;
    const onAbort = (): void => this.#abandon(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  }

  informational(): void {
    // A `Response` has no place for informational heads.
  }

  head(status: number, statusText: string, rawHeaders: string[]): void {
    const headers = new Headers();
    for (let at = 0; at < rawHeaders.length; at += 2) {
      const name = rawHeaders[at] as string;
      if (!isOfConnection(name)) headers.append(name, rawHeaders[at + 1] as string);
    }
    this.#head = { status, statusText, headers };
  }

  data(chunk: Buffer): boolean {
    const body = this.#open();
    body.enqueue(new Uint8Array(chunk));
    return (body.desiredSize ?? 1) > 0;
  }

  end(last: Buffer | undefined): void {
    const head = this.#head;
    if (this.#body) {
      if (last) this.#body.enqueue(new Uint8Array(last));
      this.#body.close();
    } else if (head) {
      const body = bodiless.has(head.status) || !last ? null : new Uint8Array(last);
      this.#resolve(new Response(body, head));
    }
  }

  fail(cause: unknown): void {
    this.resume();
    this.#body?.error(cause);
    this.#reject(cause);
  }

  cut(): void {
    this.fail(new LiveswapError('CALL_ABORTED', 'The app has cut the connection.'));
  }

  pause(): void {
    this.#holdsBack = new Promise((resolve) => {
      this.#goOn = resolve;
    });
  }

  resume(): void {
    this.#goOn?.();
  }

  /** Creates the response, whose body is still to come. */
  #open(): ReadableStreamDefaultController<Uint8Array> {
    if (this.#body) return this.#body;
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => void (this.#body = controller),
      pull: () => this.#channel.drained(),
      cancel: (reason) => this.#abandon(reason),
    });
    this.#resolve(new Response(stream, this.#head));
    return this.#body as unknown as ReadableStreamDefaultController<Uint8Array>;
  }

  /**
   * Sends a body of that length, or in chunks.
   * @throws TypeError when the length is wrong: the server would take the rest for a request; when a part is no bytes
   */
  async #send(body: ReadableStream<Uint8Array> | null, length: number | undefined): Promise<void> {
    const isChunked = body !== null && length === undefined;
    let left = length ?? Infinity;
    if (body) {
      for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
        // Nobody takes the rest, and nothing would hold it back. Returning cancels the body.
        if (this.#channel.isOver) return;
        if (!types.isUint8Array(chunk))
          throw new TypeError('The body of a request has a part that is no bytes.');
        // An empty chunk would end the body, and the server would take the rest for a request.
        if (chunk.length === 0) continue;
        left -= chunk.length;
        if (left < 0) break;
        if (isChunked) this.#channel.send(`${chunk.length.toString(16)}\r\n`);
        // The app may still use the buffer.
        this.#channel.send(Uint8Array.from(chunk));
        if (isChunked) this.#channel.send('\r\n');
        await this.#holdsBack;
      }
    }
    if (length !== undefined && left !== 0)
      throw new TypeError(
        `The body of a request is not of the length that its content-length says, ${length}.`,
      );
    if (isChunked) this.#channel.send(writeTrailers([]));
    this.#channel.sent();
  }

  #abandon(cause: unknown): void {
    this.#channel.abandon(this);
    this.fail(cause ?? new LiveswapError('CALL_ABORTED', 'The request was aborted.'));
  }
}
