import type { MessagePort } from 'node:worker_threads';
import { IdMap } from '../../core/id-map.js';
import { BatchedPort } from '../batched-port.js';
import { Op, type Departure, type Payloads } from '../protocol.js';
import { CrossedSocket } from './crossed-socket.js';
import { SpareMemory } from './spare-memory.js';

/** Callbacks of a thread's end of a tunnel. */
export interface TunnelEndCallbacks {
  /** A connection has arrived. */
  accept(socket: CrossedSocket): void;
  /** The host wants a connection back; answered with {@link TunnelEnd.giveBack} as soon as nothing on it is in progress. */
  leave(socket: CrossedSocket): void;
  note(payload: unknown): void;
  /** Number of written bytes after which the sockets ask to wait, as in `node:http`. Default: that of the platform. */
  readonly highWaterMark?: number | undefined;
}

/** The thread's end of a tunnel: the sockets of the connections that the host has given it. */
export class TunnelEnd {
  readonly #port: BatchedPort;
  readonly #callbacks: TunnelEndCallbacks;
  readonly #sockets = new IdMap<CrossedSocket>();
  readonly #numbers = new WeakMap<CrossedSocket, number>();
  readonly #memory = new SpareMemory();

  constructor(port: MessagePort, callbacks: TunnelEndCallbacks) {
    this.#callbacks = callbacks;
    this.#port = new BatchedPort(
      port,
      (op, connection, payload) => this.#read(op, connection, payload),
      () => this.#lost(),
    );
  }

  /** See {@link BatchedPort.beforeFlush}. */
  beforeFlush(say: () => void): void {
    this.#port.beforeFlush(say);
  }

  /** See {@link BatchedPort.wake}. */
  wake(): void {
    this.#port.wake();
  }

  get sockets(): readonly CrossedSocket[] {
    return this.#sockets.values();
  }

  /** Gives a connection back to the host, with bytes that have arrived but were not used. */
  giveBack(socket: CrossedSocket): void {
    this.#leave(socket, (leaving) => leaving.depart());
  }

  /** Leaves a connection to the host, for `purpose`; `unread` are bytes that were read here but not used. */
  handOver(socket: CrossedSocket, purpose: unknown, unread: readonly Uint8Array[]): void {
    this.#leave(socket, (leaving) => leaving.depart(purpose, unread));
  }

  /** Notes that nothing on the connection is in progress, so that it can move elsewhere if this thread dies. */
  settled(socket: CrossedSocket): void {
    const connection = this.#numbers.get(socket);
    if (connection !== undefined) this.#port.send(Op.settled, connection, socket.arrivals.count);
  }

  /** Sends the host a message, in order with the bytes. */
  note(payload: unknown, transfer?: readonly ArrayBuffer[]): void {
    this.#port.send(Op.note, 0, payload, transfer);
  }

  /** See {@link BatchedPort.flush}. */
  flush(): void {
    this.#port.flush();
  }

  close(): void {
    this.#lost();
    this.#port.close();
  }

  #read<Kind extends Op>(op: Kind, connection: number, payload: Payloads[Kind]): void {
    const socket = this.#sockets.get(connection);
    const frame = { op, payload } as { [K in Op]: { readonly op: K; readonly payload: Payloads[K] } }[Op];
    switch (frame.op) {
      case Op.open:
        return this.#open(connection, frame.payload);
      case Op.data:
        // Frames that were sent before the host knew that the connection had left belong to its new owner.
        return socket
          ? socket.receive(frame.payload)
          : this.#port.send(Op.returned, connection, frame.payload);
      case Op.end:
        return socket?.receiveEnd();
      case Op.close:
        return socket?.receiveClose(frame.payload);
      case Op.acknowledge:
        return socket?.receiveAcknowledgement(frame.payload);
      case Op.progress:
        return socket?.receiveProgress(frame.payload === true);
      case Op.leave:
        if (socket) this.#callbacks.leave(socket);
        return undefined;
      case Op.note:
        return this.#callbacks.note(frame.payload);
      case Op.spare:
        return this.#memory.keep(frame.payload);
      case Op.left:
      case Op.returned:
      case Op.settled:
      case Op.keepAlive:
        return undefined;
      default:
        return frame satisfies never;
    }
  }

  #open(connection: number, facts: Payloads[typeof Op.open]): void {
    const socket = new CrossedSocket(
      facts,
      (op, payload, transfer) => this.#port.send(op, connection, payload, transfer),
      {
        highWaterMark: this.#callbacks.highWaterMark,
        allocate: (length) => this.#memory.take(length),
      },
    );
    this.#sockets.set(connection, socket);
    this.#numbers.set(socket, connection);
    socket.once('close', () => this.#forget(socket));
    this.#callbacks.accept(socket);
  }

  #leave(socket: CrossedSocket, depart: (socket: CrossedSocket) => Departure): void {
    const connection = this.#forget(socket);
    if (connection !== undefined) this.#port.send(Op.left, connection, depart(socket));
  }

  #forget(socket: CrossedSocket): number | undefined {
    const connection = this.#numbers.get(socket);
    if (connection === undefined) return undefined;
    this.#numbers.delete(socket);
    this.#sockets.take(connection);
    return connection;
  }

  /** The host has cut the tunnel. */
  #lost(): void {
    this.#memory.free();
    for (const socket of this.#sockets.values()) socket.receiveClose('ECONNRESET');
  }
}
