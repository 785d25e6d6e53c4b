import { SMALL_BYTES } from '../../sockets/bytes.js';
import { pairsOf } from './raw-headers.js';
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Carrier } from '../../core/carrier.js';
import type { Channel, Exchange } from './channel.js';
import { writeHead, writeTrailers } from './request-head.js';
import { isOfConnection } from './response-reader.js';

/** Headers to which each handler of a request adds its own, in lower case. */
const ADDED: ReadonlySet<string> = new Set(['set-cookie', 'vary']);

/** Answers a request that the host has parsed and no plugin has answered. */
export type Refuse = (res: ServerResponse, cause: unknown) => void;

/** Takes a request of Node's to a thread, and the response back. */
export class NodeExchange implements Exchange {
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  readonly #channel: Channel;
  readonly #refuse: Refuse;
  #hasEnded = false;

  private constructor(req: IncomingMessage, res: ServerResponse, channel: Channel, refuse: Refuse) {
    this.#req = req;
    this.#res = res;
    this.#channel = channel;
    this.#refuse = refuse;
  }

  /** `target` is the request's target for the plugin; `expectsContinue` is true if the client still waits for `100 Continue`. */
  static run(
    {
      req,
      res,
      channel,
      target,
      expectsContinue,
      carrier,
    }: {
      readonly req: IncomingMessage;
      readonly res: ServerResponse;
      readonly channel: Channel;
      readonly target: string;
      readonly expectsContinue: boolean;
      readonly carrier: Carrier | undefined;
    },
    refuse: Refuse,
  ): void {
    const exchange = new NodeExchange(req, res, channel, refuse);
    const { method = 'GET', httpVersion } = req;
    const rawHeaders = expectsContinue ? req.rawHeaders : without(req.rawHeaders, 'expect');
    const isChunked = req.headers['transfer-encoding'] !== undefined;
    channel.begin(
      writeHead({ method, target, httpVersion, rawHeaders, carrier }, isChunked ? 'in chunks' : 'as it says'),
      method === 'HEAD',
      exchange,
    );
    exchange.#sendBody(isChunked);
    res.on('drain', () => channel.drained());
    res.once('close', () => {
      if (exchange.#hasEnded && res.writableFinished) return;
      channel.abandon(exchange);
      exchange.#dropRest();
    });
  }

  informational(status: number, rawHeaders: string[]): void {
    const res = this.#res;
    if (status === 100) return res.writeContinue();
    if (status === 102) return res.writeProcessing();
    if (status === 103) res.writeEarlyHints(hintsOf(rawHeaders));
  }

  head(status: number, message: string, rawHeaders: string[]): void {
    const res = this.#res;
    const earlier = res.getHeaderNames();
    const answered = earlier.length > 0 ? namesOf(rawHeaders) : undefined;
    // Headers that a framework set earlier stay, unless the app sets its own.
    for (const name of earlier) {
      const value = res.getHeader(name);
      const stays = !answered?.has(name) || ADDED.has(name);
      if (value !== undefined && stays)
        rawHeaders.push(...[value].flat().flatMap((one) => [name, String(one)]));
      res.removeHeader(name);
    }
    const own: string[] = [];
    const names = new Set<string>();
    for (let at = 0; at < rawHeaders.length; at += 2) {
      const [name, value] = [rawHeaders[at] as string, rawHeaders[at + 1] as string];
      // The thread's own keep-alive does not concern the client; an app's wish to close the connection does.
      const lower = name.toLowerCase();
      const closes = lower === 'connection' && value === 'close';
      if (!closes && isOfConnection(name)) continue;
      own.push(name, value);
      names.add(lower);
    }
    res.sendDate = false;
    const text = message || STATUS_CODES[status] || '';
    if (names.size === own.length / 2) return void res.writeHead(status, text, own);
    // Where a head has been begun, Node 20 would keep only the last of several headers with one name.
    for (let at = 0; at < own.length; at += 2) res.appendHeader(own[at] as string, own[at + 1] as string);
    res.writeHead(status, text);
  }

  data(chunk: Buffer): boolean {
    if (!this.#isEndedByOthers()) return this.#res.write(chunk);
    this.#channel.abandon(this);
    return true;
  }

  end(last: Buffer | undefined, rawTrailers: string[]): void {
    if (this.#isEndedByOthers()) return;
    this.#hasEnded = true;
    if (rawTrailers.length > 0) this.#res.addTrailers(pairsOf(rawTrailers));
    // Node joins a string with the head, and one piece is written faster than two.
    if (last && last.length <= SMALL_BYTES) this.#res.end(last.toString('latin1'), 'latin1');
    else this.#res.end(last);
    this.#dropRest();
  }

  fail(cause: unknown): void {
    this.#refuse(this.#res, cause);
    this.#dropRest();
  }

  cut(): void {
    this.#res.destroy();
  }

  pause(): void {
    this.#req.pause();
  }

  resume(): void {
    this.#req.resume();
  }

  /** Reads the rest of the request for nobody, because the next one comes after it. */
  #dropRest(): void {
    if (!this.#req.complete) this.#req.resume();
  }

  /** Returns true when the host's own code has ended the response, for example because it is late. */
  #isEndedByOthers(): boolean {
    return this.#res.writableEnded && !this.#hasEnded;
  }

  #sendBody(isChunked: boolean): void {
    const req = this.#req;
    const channel = this.#channel;
    req.on('data', (chunk: Buffer) => {
      if (!isChunked) return channel.send(chunk);
      channel.send(`${chunk.length.toString(16)}\r\n`);
      channel.send(chunk);
      return channel.send('\r\n');
    });
    const sent = (): void => {
      if (isChunked) channel.send(writeTrailers(req.rawTrailers));
      channel.sent();
    };
    // The host's own code may have read to the end of a request without a body.
    if (req.readableEnded) sent();
    else req.on('end', sent);
  }
}

function namesOf(rawHeaders: readonly string[]): Set<string> {
  return new Set(rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase()));
}

function without(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_, at) => (rawHeaders[at - (at % 2)] as string).toLowerCase() !== name);
}

function hintsOf(rawHeaders: readonly string[]): Record<string, string | string[]> {
  const hints: Record<string, string[]> = {};
  for (const [name, value] of pairsOf(rawHeaders)) (hints[name.toLowerCase()] ??= []).push(...linksIn(value));
  return hints;
}

/** Returns the links in a header: Node sends several links in one header, but takes them only one by one. */
function linksIn(value: string): string[] {
  return value.split(/,\s*(?=<)/);
}
