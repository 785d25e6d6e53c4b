import { LiveswapError } from '../../core/errors.js';
import { unpack } from '../../sockets/bytes.js';
import { Connection, type Placement } from '../../sockets/host/connection.js';
import type { HostEnd } from '../../sockets/host/host-end.js';
import type { Bytes, PeerFacts } from '../../sockets/protocol.js';
import { ResponseReader, type ResponseSink } from './response-reader.js';

/** A request that was parsed in the host, and the receiver of its response. */
export interface Exchange extends ResponseSink {
  /** The response will not go on, because of `cause`; a part of it may have arrived. */
  fail(cause: unknown): void;
  /** The thread has cut the connection, by which the app means to cut that of its client. */
  cut(): void;
  /** Pauses or resumes the request's body. */
  pause(): void;
  resume(): void;
}

/**
 * A connection from the host itself to a thread's HTTP server, for requests that were parsed in the host, one at a time. It moves
 * from version to version like any other.
 */
export class Channel implements HostEnd {
  readonly #connection: Connection;
  readonly #onFree: (channel: Channel) => void;
  #current: { readonly exchange: Exchange; readonly reader: ResponseReader; isWritten: boolean } | undefined;
  #isOver = false;

  /** `onFree` is called whenever the channel can take the next request. */
  constructor(facts: PeerFacts, placement: Placement, onFree: (channel: Channel) => void) {
    this.#onFree = onFree;
    this.#connection = new Connection(this, { ...facts, comesWhole: true }, placement);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Begins a request. */
  begin(head: string, isHead: boolean, exchange: Exchange): void {
    this.#current = { exchange, reader: new ResponseReader(exchange, isHead), isWritten: false };
    this.#connection.receivedBytes(head);
  }

  /** Sends more of the request. */
  send(bytes: Uint8Array | string): void {
    if (typeof bytes === 'string') this.#connection.receivedBytes(bytes);
    else this.#connection.received(bytes);
  }

  /** The request has been sent whole. */
  sent(): void {
    if (this.#current) this.#current.isWritten = true;
    this.#settle();
  }

  /** The reader has consumed the bytes that arrived. */
  drained(): void {
    this.#connection.drained();
  }

  /** The caller has given up. By then, the connection may belong to another caller, who must not notice. */
  abandon(exchange: Exchange): void {
    if (this.#current?.exchange === exchange) this.destroy();
  }

  /** Ends the connection, which the thread sees as a disconnected client. */
  destroy(): void {
    this.#current = undefined;
    this.#isOver = true;
    this.#connection.closed('ECONNRESET');
  }

  write(bytes: Bytes): boolean {
    const current = this.#current;
    if (!current) return true;
    try {
      const wantsMore = current.reader.read(unpack(bytes));
      this.#settle();
      return wantsMore || current.reader.isDone;
    } catch (cause) {
      // An app can write anything to its socket, and bytes that are no response must not end the host.
      this.destroy();
      current.exchange.fail(cause);
      return true;
    }
  }

  /**
   * The response is complete for the thread. If it is shorter than its head says, the next response must not be taken for its
   * rest.
   */
  idle(): void {
    const current = this.#current;
    if (!current) return;
    if (current.reader.end()) return this.#settle();
    this.#connection.closed('ECONNRESET');
    this.close();
  }

  end(): void {
    this.#isOver = true;
    const current = this.#current;
    if (current?.reader.end()) this.#settle();
    this.#connection.ended();
    // Nobody waits for the rest of the request.
    current?.exchange.resume();
  }

  close(): void {
    this.#isOver = true;
    const current = this.#current;
    this.#current = undefined;
    if (current && !current.reader.isDone) current.exchange.cut();
  }

  refuse(cause: unknown): void {
    this.#fail(cause);
  }

  take(): void {
    this.#fail(new LiveswapError('INTERNAL', 'A thread has left a request to the host.'));
  }

  pause(): void {
    this.#current?.exchange.pause();
  }

  resume(): void {
    this.#current?.exchange.resume();
  }

  #fail(cause: unknown): void {
    this.#isOver = true;
    const current = this.#current;
    this.#current = undefined;
    if (current && !current.reader.isDone) current.exchange.fail(cause);
  }

  /** Frees the connection when the request has been sent and the response has arrived. */
  #settle(): void {
    if (!this.#current?.reader.isDone) return;
    if (!this.#current.isWritten && !this.#isOver) return;
    this.#current = undefined;
    if (this.#isOver) return;
    // Nobody reports any more that the ended response is consumed, and the next one must not wait for that.
    this.#connection.drained();
    this.#onFree(this);
  }
}

/** Channels of one client, or of no particular client: as many as there are requests at a time. */
export class Channels {
  readonly #facts: PeerFacts;
  readonly #placement: Placement;
  readonly #free: Channel[] = [];
  readonly #all = new Set<Channel>();

  constructor(facts: PeerFacts, placement: Placement) {
    this.#facts = facts;
    this.#placement = placement;
  }

  /** Returns a channel that can take a request now. */
  take(): Channel {
    let free = this.#free.pop();
    while (free?.isOver) {
      this.#all.delete(free);
      free = this.#free.pop();
    }
    if (free) return free;
    for (const one of this.#all) if (one.isOver) this.#all.delete(one);
    const made = new Channel(this.#facts, this.#placement, (channel) => this.#free.push(channel));
    this.#all.add(made);
    return made;
  }

  /** The client is gone. */
  close(): void {
    for (const channel of this.#all) channel.destroy();
    this.#all.clear();
    this.#free.length = 0;
  }
}
