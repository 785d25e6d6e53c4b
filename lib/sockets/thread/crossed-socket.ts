import { Socket } from 'node:net';
import { getSystemErrorMap } from 'node:util';
import { pack, unpack, type Allocate } from '../bytes.js';
import { freeBuffer } from '../free-buffer.js';
import { Inflow } from '../flow.js';
import {
  ACKNOWLEDGED_BYTES,
  Op,
  type Bytes,
  type Departure,
  type Payloads,
  type PeerFacts,
} from '../protocol.js';
import { Arrivals } from './arrivals.js';
import { describePeer } from './describe-peer.js';
import { IdleTimer } from './idle-timer.js';
import { OutgoingBytes, type Written } from './outgoing-bytes.js';
import { RequestBounds } from './request-bounds.js';

/** Sends a frame of the socket's own connection to the host. */
export type SendFrame = <Kind extends Op>(
  op: Kind,
  payload: Payloads[Kind],
  transfer?: readonly ArrayBuffer[],
) => void;

/** Settings of the sockets of a thread. */
export interface CrossedSocketOptions {
  /** Number of written bytes after which a socket asks to wait. Default: that of the platform. */
  readonly highWaterMark?: number | undefined;
  /** Where copies of large bytes get their memory from. */
  readonly allocate?: Allocate;
}

type Callback = (error?: Error | null) => void;

/** The sockets that would be destroyed, while {@link wouldDestroy} runs. */
let spared: Set<CrossedSocket> | undefined;

/** Returns the sockets that `act` would destroy; they are only recorded. */
export function wouldDestroy(act: () => void): ReadonlySet<CrossedSocket> {
  const outer = spared;
  const sockets = new Set<CrossedSocket>();
  spared = sockets;
  try {
    act();
  } finally {
    spared = outer;
  }
  return sockets;
}

/**
 * A `net.Socket` for a connection that the host has accepted. It has no handle; frames do the work of one. Servers of the
 * platform accept it like any other socket: `server.emit('connection', socket)`.
 */
export class CrossedSocket extends Socket {
  readonly facts: PeerFacts;
  /** Bounds of requests, if requests are read. */
  readonly requests = new RequestBounds();
  readonly arrivals = new Arrivals();
  readonly #send: SendFrame;
  readonly #outgoing: OutgoingBytes;
  readonly #in: Inflow;
  readonly #idle: IdleTimer;
  #unread = 0;
  /** Listener of a server that copies what it uses of the bytes of a body. */
  #parser: unknown;
  /** True when the peer has written its last byte. */
  #hasEnded = false;
  /** True when the host already knows that the connection has ended or has left. */
  #isOver = false;

  constructor(facts: PeerFacts, send: SendFrame, { highWaterMark, allocate }: CrossedSocketOptions = {}) {
    // The platform passes the mark on to the stream; its types do not know of it.
    super({ allowHalfOpen: true, ...(highWaterMark !== undefined && { highWaterMark }) });
    this.facts = facts;
    this.#send = send;
    this.#idle = new IdleTimer(this, () => send(Op.progress, undefined));
    this.#outgoing = new OutgoingBytes((bytes, transfer) => {
      if (this.#isOver) return;
      this.#idle.touch();
      send(Op.data, bytes, transfer);
    }, allocate);
    this.#in = new Inflow((bytes) => send(Op.acknowledge, bytes));
    describePeer(this, facts);
  }

  /** Number of bytes that were written so far. */
  get written(): number {
    return this.#outgoing.count;
  }

  /** True while bytes are on their way to a reader or writer, so that it cannot leave now. */
  get isMoving(): boolean {
    return this.readableLength > 0 || this.writableLength > 0 || this.destroyed || this.writableEnded;
  }

  /** Notes that its only reader so far is the parser of the platform's server. */
  noteParser(): void {
    this.#parser = this.#onlyReader;
  }

  /** The host has sent bytes. */
  receive(bytes: Bytes): void {
    this.arrivals.add(bytes);
    this.readOn();
  }

  /** The peer has written its last byte. */
  receiveEnd(): void {
    this.#idle.touch();
    this.#hasEnded = true;
    this.readOn();
  }

  /** The connection is gone, with an error code or in an orderly way. */
  receiveClose(code: string | undefined): void {
    this.#isOver = true;
    this.destroy(code === undefined ? undefined : lost(code));
  }

  /** The host has consumed bytes that were written here. */
  receiveAcknowledgement(bytes: number): void {
    this.#idle.touch();
    this.#outgoing.acknowledge(bytes);
  }

  /** The host has answered whether the peer takes what was written. */
  receiveProgress(hasProgressed: boolean): void {
    this.#idle.answered(hasProgressed);
  }

  /** Reads the bytes that wait, as far as they belong here and the reader takes them. */
  readOn(): void {
    while (this.arrivals.isBehind) {
      if (this.destroyed || this.#isHeld) return;
      const bytes = this.arrivals.take();
      if (bytes === undefined) return;
      this.#feed(bytes);
    }
    if (!this.#hasEnded) return;
    this.push(null);
    // Notice the end even if nobody reads, as a socket with a handle does.
    this.read(0);
  }

  override resume(): this {
    super.resume();
    // The caller may still be in the middle of the bytes that it was given last.
    if (this.arrivals.isBehind) process.nextTick(() => this.readOn());
    return this;
  }

  /**
   * Ends this end of the connection, which continues elsewhere: in another thread, or in the host for `purpose`. Returns what the
   * new owner needs; `unread` are bytes that were read here but not used. Another thread reads the head of a request that has not
   * begun again.
   */
  depart(purpose?: unknown, unread: readonly Uint8Array[] = []): Departure {
    const left = this.readableLength > 0 ? [this.read() as Buffer] : [];
    const returned = [...unread, ...left]
      .filter(({ length }) => length > 0)
      .map((one) => pack(one, [], false));
    const head = purpose === undefined ? (this.requests.head ?? []) : [];
    this.#isOver = true;
    this.destroy();
    const { count: received, waiting } = this.arrivals;
    return { received, returned: [...head, ...returned, ...waiting], purpose };
  }

  override destroy(error?: Error): this {
    if (!spared) return super.destroy(error);
    spared.add(this);
    return this;
  }

  override resetAndDestroy(): this {
    this.#close('ECONNRESET');
    return this.destroy();
  }

  /** The platform calls this when nothing has happened for the time of `setTimeout`. */
  _onTimeout(): void {
    // Fewer bytes may have been consumed without a word.
    this.#idle.elapsed(!this.#isOver && this.#outgoing.inTransit >= ACKNOWLEDGED_BYTES);
  }

  override setKeepAlive(enable: unknown = false, initialDelay = 0): this {
    if (!this.#isOver) this.#send(Op.keepAlive, { enable: Boolean(enable), initialDelay });
    return this;
  }

  override _read(): void {
    const unread = this.#unread;
    this.#unread = 0;
    if (unread > 0) this.#in.consumed(unread);
  }

  override _write(chunk: Buffer | string, encoding: BufferEncoding, callback: Callback): void {
    this.#write([{ chunk, encoding }], callback);
  }

  override _writev(chunks: Written[], callback: Callback): void {
    this.#write(chunks, callback);
  }

  override _final(callback: Callback): void {
    if (!this.#isOver) this.#send(Op.end, undefined);
    callback();
  }

  override _destroy(error: Error | null, callback: Callback): void {
    this.#close(undefined);
    this.#outgoing.stop();
    sayHowItClosed(this, error !== null);
    super._destroy(error, callback);
  }

  /**
   * True while a server that reads requests has paused: those that it has not begun may belong elsewhere. A socket that somebody
   * reads by 'readable' says that it is paused, too.
   */
  get #isHeld(): boolean {
    return this.isPaused() && this.requests.areKnown && this.listenerCount('readable') === 0;
  }

  #close(code: string | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#send(Op.close, code);
  }

  #feed(bytes: Bytes): void {
    this.#idle.touch();
    const { length } = bytes;
    const isCopied = typeof bytes !== 'string' && this.#isOnlyCopied(bytes);
    this.requests.add(bytes);
    // They are read also where a listener throws, and the app goes on.
    let isTaken = true;
    try {
      isTaken = this.push(unpack(bytes));
    } finally {
      if (isTaken) this.#in.consumed(length);
      else this.#unread += length;
    }
    // Bytes that wait in the stream are not read yet.
    if (isCopied && this.readableLength === 0) freeBuffer(bytes);
  }

  /** Returns whether nobody will use these bytes after they were read: they are only body, and only the parser reads. */
  #isOnlyCopied(bytes: Uint8Array): boolean {
    // The buffer that a part was cut from is still needed.
    if (bytes.byteLength < bytes.buffer.byteLength || !this.requests.isBody(bytes.byteLength)) return false;
    return this.readableFlowing === true && this.#parser !== undefined && this.#onlyReader === this.#parser;
  }

  get #onlyReader(): unknown {
    const readers = this.listeners('data');
    return readers.length === 1 ? readers[0] : undefined;
  }

  #write(chunks: readonly Written[], callback: Callback): void {
    if (this.#isOver) return callback();
    this.#outgoing.write(chunks, callback);
  }
}

// The platform's getters use the handle. The types declare them as properties, which accessors may not override.
Object.defineProperties(CrossedSocket.prototype, {
  pending: { value: false },
  bufferSize: {
    get(this: CrossedSocket): number {
      return this.writableLength;
    },
  },
  bytesRead: {
    get(this: CrossedSocket): number {
      return this.arrivals.count;
    },
  },
  // Those that wait in the stream are added by `bytesWritten`.
  _bytesDispatched: {
    get(this: CrossedSocket): number {
      return this.written;
    },
  },
});

/** Gives listeners of 'close' what the platform tells them where there is a handle: whether there was an error. */
function sayHowItClosed(socket: Socket, hadError: boolean): void {
  const emit = socket.emit.bind(socket) as (event: string, ...args: unknown[]) => boolean;
  socket.emit = (event: string, ...args: unknown[]) =>
    event === 'close' ? emit(event, hadError) : emit(event, ...args);
}

function lost(code: string): Error {
  const [errno] = [...getSystemErrorMap()].find(([, [name]]) => name === code) ?? [];
  return Object.assign(new Error(`read ${code}`), { errno, code, syscall: 'read' });
}
