import { LiveswapError } from '../../core/errors.js';
import { untilAborted } from '../../core/until-aborted.js';
import type { Peer, SendOptions } from '../../plugin/http-app.js';
import { checkClose, checkPing, checkThreshold, checkTopic } from '../websocket/check-control.js';
import { readHeaderLines } from '../websocket/header-lines.js';
import type { FromThread, PeerRecord } from '../websocket/notes.js';
import { sentOf } from '../websocket/sent.js';

/** Services that a peer uses to reach its socket. */
export interface PeerHost {
  tell(note: FromThread): void;
  /** Resolves when no more than `threshold` bytes wait. */
  waitForDrain(peer: number, threshold: number): Promise<void>;
}

/** A client as a version sees it: every operation is done on the host's socket. */
export class ThreadPeer implements Peer {
  readonly #record: PeerRecord;
  readonly #host: PeerHost;
  #request: Request | undefined;
  #topics: Set<string> | undefined;
  #readyState = 1;
  context: Record<string, unknown> = {};
  bufferedAmount = 0;

  constructor(record: PeerRecord, host: PeerHost) {
    this.#record = record;
    this.#host = host;
  }

  get id(): string {
    return this.#record.id;
  }

  get namespace(): string {
    return this.#record.namespace;
  }

  get remoteAddress(): string | undefined {
    return this.#record.remoteAddress;
  }

  get request(): Request {
    const { url, headerLines } = this.#record;
    this.#request ??= new Request(url, { headers: readHeaderLines(headerLines) });
    return this.#request;
  }

  get topics(): ReadonlySet<string> {
    this.#topics ??= new Set();
    return this.#topics;
  }

  set topics(topics: readonly string[]) {
    this.#topics = topics.length > 0 ? new Set(topics) : undefined;
  }

  set readyState(readyState: number) {
    this.#readyState = readyState;
  }

  get websocket(): Peer['websocket'] {
    const { protocol, extensions, url } = this.#record;
    const known = { protocol, extensions, url: url.replace(/^http/, 'ws'), readyState: this.#readyState };
    return new Proxy(known, {
      get: (target, name) => {
        if (name in target || typeof name === 'symbol') return Reflect.get(target, name) as unknown;
        throw notHere(`websocket.${name}`);
      },
    });
  }

  get peers(): never {
    throw notHere('peers');
  }

  send(data: unknown, options?: SendOptions): number {
    const sent = sentOf(data, options);
    this.bufferedAmount += sent.bytes.length;
    this.#host.tell({ kind: 'send', peer: this.#record.number, data: sent });
    return sent.bytes.length;
  }

  publish(topic: string, data: unknown, options?: SendOptions): void {
    checkTopic(topic);
    const { namespace, number: except } = this.#record;
    this.#host.tell({ kind: 'publish', topic, data: sentOf(data, options), namespace, except });
  }

  subscribe(topic: string): void {
    checkTopic(topic);
    this.#topics ??= new Set();
    this.#topics.add(topic);
    this.#host.tell({ kind: 'subscribe', peer: this.#record.number, topic });
  }

  unsubscribe(topic: string): void {
    checkTopic(topic);
    this.#topics?.delete(topic);
    this.#host.tell({ kind: 'unsubscribe', peer: this.#record.number, topic });
  }

  close(code?: number, reason = ''): void {
    checkClose(code, reason);
    this.#host.tell({ kind: 'close', peer: this.#record.number, code, reason });
  }

  terminate(): void {
    this.#host.tell({ kind: 'terminate', peer: this.#record.number });
  }

  ping(data?: unknown): number {
    const { bytes } = sentOf(data, undefined);
    checkPing(bytes);
    this.#host.tell({ kind: 'ping', peer: this.#record.number, bytes });
    return bytes.length;
  }

  async waitForDrain(
    options: { readonly threshold?: number; readonly signal?: AbortSignal } = {},
  ): Promise<void> {
    const { threshold = 0, signal } = options;
    checkThreshold(threshold);
    signal?.throwIfAborted();
    const drained = this.#host.waitForDrain(this.#record.number, threshold);
    await (signal ? untilAborted(signal, drained) : drained);
  }

  toString(): string {
    return this.id;
  }
}

function notHere(what: string): LiveswapError {
  const message = `peer.${what} stays in the host, where the socket is: use what the peer itself can do, or publish to a topic.`;
  return new LiveswapError('NOT_CLONEABLE', message, { path: `peer.${what}` });
}
