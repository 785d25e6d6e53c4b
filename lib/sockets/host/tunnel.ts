import type { MessagePort } from 'node:worker_threads';
import { IdMap } from '../../core/id-map.js';
import { BatchedPort } from '../batched-port.js';
import { freeBuffer } from '../free-buffer.js';
import {
  Op,
  type Bytes,
  type Departure,
  type KeepAlive,
  type Payloads,
  type PeerFacts,
} from '../protocol.js';
import { spareSize } from '../spare-size.js';

/** A connection as the host's end of its tunnel sees it: events from the thread. */
export interface TunnelConnection {
  readonly facts: PeerFacts;
  /** Makes the thread release it as soon as nothing on it is in progress. */
  leave(): void;
  /** Ends the connection on both sides. */
  drop(): void;
  /** `reuse` takes buffers that nobody uses any more. */
  onData(bytes: Bytes, reuse: (bytes: Uint8Array) => void): void;
  onEnd(): void;
  onClose(code: string | undefined): void;
  onAcknowledged(bytes: number): void;
  /** Everything that the thread received up to this byte count has been answered. */
  onSettled(received: number): void;
  onLeft(departure: Departure): void;
  onReturned(bytes: Bytes): void;
  onKeepAlive(keepAlive: KeepAlive): void;
  /** The thread asks whether the peer takes what was written. */
  onProgressAsked(): void;
  /** The thread cannot be reached any more. */
  onLost(cause: unknown): void;
}

/** Callbacks of the host's end of a tunnel. */
export interface TunnelCallbacks {
  /** Counts the connections of this tunnel as work of the thread until the returned function is called. */
  hold(): () => void;
  note(payload: unknown): void;
  /** Called when the other end is closed. Returns the reason, or a promise of it, for the connections. */
  whyLost(): unknown;
  /** Called when the tunnel is no longer usable. */
  onLost(cause: unknown): void;
}

/** The host's end of a tunnel to one thread: the bytes of all its connections, and the messages between the two ends. */
export class Tunnel {
  readonly #port: BatchedPort;
  readonly #callbacks: TunnelCallbacks;
  readonly #connections = new IdMap<TunnelConnection>();
  #last = 0;
  #letGo: (() => void) | undefined;
  #isLost = false;
  #isOver = false;

  constructor(port: MessagePort, callbacks: TunnelCallbacks) {
    this.#callbacks = callbacks;
    this.#port = new BatchedPort(
      port,
      (op, id, payload) => this.#read(op, id, payload),
      () => this.#lost(),
    );
  }

  /** Number of connections that the thread has. */
  get size(): number {
    return this.#connections.size;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** Gives a connection to the thread. Returns its number here. */
  add(connection: TunnelConnection): number {
    this.#letGo ??= this.#callbacks.hold();
    const id = ++this.#last;
    this.#connections.set(id, connection);
    this.send(Op.open, id, connection.facts);
    return id;
  }

  remove(id: number): void {
    if (!this.#connections.take(id) || this.#connections.size > 0) return;
    this.#letGo?.();
    this.#letGo = undefined;
  }

  send<Kind extends Op>(
    op: Kind,
    id: number,
    payload: Payloads[Kind],
    transfer?: readonly ArrayBuffer[],
  ): void {
    this.#port.send(op, id, payload, transfer);
  }

  /** Sends the thread a message, in order with the bytes. */
  note(payload: unknown, transfer?: readonly ArrayBuffer[]): void {
    this.send(Op.note, 0, payload, transfer);
  }

  /** Gives the thread the memory of bytes back, or frees it. Nobody may use the bytes any more. */
  readonly #reuse = (bytes: Uint8Array): void => {
    const { buffer } = bytes;
    const isSpare = buffer instanceof ArrayBuffer && buffer.byteLength === spareSize(buffer.byteLength);
    if (isSpare && !this.#isLost) this.send(Op.spare, 0, buffer, [buffer]);
    else freeBuffer(bytes);
  };

  /** Makes every connection leave as soon as nothing on it is in progress. */
  leaveAll(): void {
    for (const connection of this.#connections.values()) connection.leave();
  }

  /** Ends all remaining connections. */
  drop(): void {
    for (const connection of this.#connections.values()) connection.drop();
  }

  /** Handles the loss of the thread: its connections move elsewhere, or end. Idempotent. */
  lose(cause: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#isLost = true;
    this.#port.close();
    this.#callbacks.onLost(cause);
    for (const connection of this.#connections.values()) connection.onLost(cause);
  }

  #lost(): void {
    this.#isLost = true;
    void Promise.resolve(this.#callbacks.whyLost()).then((cause) => this.lose(cause));
  }

  #read<Kind extends Op>(op: Kind, id: number, payload: Payloads[Kind]): void {
    const frame = { op, payload } as { [K in Op]: { readonly op: K; readonly payload: Payloads[K] } }[Op];
    if (frame.op === Op.note) return this.#callbacks.note(frame.payload);
    const connection = this.#connections.get(id);
    if (!connection) return undefined;
    switch (frame.op) {
      case Op.data:
        return connection.onData(frame.payload, this.#reuse);
      case Op.end:
        return connection.onEnd();
      case Op.close:
        return connection.onClose(frame.payload);
      case Op.acknowledge:
        return connection.onAcknowledged(frame.payload);
      case Op.settled:
        return connection.onSettled(frame.payload);
      case Op.left:
        return connection.onLeft(frame.payload);
      case Op.returned:
        return connection.onReturned(frame.payload);
      case Op.keepAlive:
        return connection.onKeepAlive(frame.payload);
      case Op.progress:
        return connection.onProgressAsked();
      case Op.open:
      case Op.leave:
      case Op.spare:
        return undefined;
      default:
        return frame satisfies never;
    }
  }
}
