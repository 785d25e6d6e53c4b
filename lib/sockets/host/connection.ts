import { Inflow, Outflow } from '../flow.js';
import { pack } from '../bytes.js';
import { Op, WINDOW_BYTES, type Bytes, type Departure, type KeepAlive, type PeerFacts } from '../protocol.js';
import { lengthOf, waitingBytes, type ConnectionState } from './connection-state.js';
import type { HostEnd } from './host-end.js';
import { SentBytes, type MayRepeat } from './sent-bytes.js';
import type { Tunnel, TunnelConnection } from './tunnel.js';

/** Finds a thread for connections. */
export interface Placement {
  /**
   * Called whenever a connection has no thread: answers with {@link Connection.attach} or {@link Connection.refuse}, now or
   * later.
   */
  place(connection: Connection): void;
  readonly mayRepeat?: MayRepeat | undefined;
}

/**
 * One connection that the host has accepted: its bytes go to a thread, and from one thread to the next without the peer
 * noticing. A thread gives a connection up only between two requests, so whatever began in one ends in it.
 */
export class Connection implements TunnelConnection {
  #facts: PeerFacts;
  readonly #end: HostEnd;
  readonly #placement: Placement;
  #state: ConnectionState = { kind: 'waiting', bytes: [] };
  #out = new Outflow();
  #in = new Inflow(() => {});
  readonly #sent: SentBytes;
  #undrained = 0;
  /** What the peer had yet to take when the thread last asked. */
  #unsent = 0;
  #isPaused = false;
  #hasEnded = false;

  constructor(end: HostEnd, facts: PeerFacts, placement: Placement) {
    this.#end = end;
    this.#facts = facts;
    this.#placement = placement;
    this.#sent = new SentBytes(placement.mayRepeat);
  }

  get facts(): PeerFacts {
    return this.#facts;
  }

  get isClosed(): boolean {
    return this.#state.kind === 'closed';
  }

  /** True when, as far as known, everything from the peer has been answered. */
  get isIdle(): boolean {
    return this.isSilent || (this.#state.kind === 'attached' && this.#sent.isSettled);
  }

  /** Looks for a thread. */
  place(): void {
    if (this.#state.kind === 'waiting') this.#placement.place(this);
  }

  /** Sends the bytes to the thread at the end of `tunnel` from now on, beginning with those that wait. */
  attach(tunnel: Tunnel): void {
    if (this.#state.kind !== 'waiting') return;
    const { bytes } = this.#state;
    const id = tunnel.add(this);
    this.#state = { kind: 'attached', tunnel, id, isLeaving: false };
    this.#out = new Outflow();
    this.#in = new Inflow((consumed) => tunnel.send(Op.acknowledge, id, consumed));
    // Answers that the peer has yet to take no longer count as the earlier thread's.
    this.#undrained = 0;
    this.#sent.restart();
    for (const one of bytes) this.#forward(one, []);
    if (this.#hasEnded) tunnel.send(Op.end, id, undefined);
    this.#flow();
  }

  /** True when the connection waits for a thread and the peer has sent nothing. */
  get isSilent(): boolean {
    return this.#state.kind === 'waiting' && this.#state.bytes.length === 0;
  }

  /** Handles that no thread will take the connection: between two requests, it is closed in an orderly way. */
  dismiss(): void {
    this.#detach();
    this.#end.end();
    this.#end.close(undefined);
  }

  /** Ends the connection on both sides, unless it is moving to another thread. */
  drop(): void {
    if (this.#state.kind !== 'attached') return;
    this.closed();
    this.#end.end();
    this.#end.close(undefined);
  }

  /** Handles that nobody will answer the peer's request. */
  refuse(cause: unknown): void {
    if (this.#state.kind === 'closed') return;
    this.#detach();
    this.#end.refuse(cause);
  }

  /** Makes the thread release the connection as soon as nothing is in progress. */
  leave(): void {
    if (this.#state.kind !== 'attached' || this.#state.isLeaving) return;
    const { tunnel, id } = this.#state;
    this.#state = { ...this.#state, isLeaving: true };
    tunnel.send(Op.leave, id, undefined);
  }

  // Events of the peer.

  /** The peer has sent bytes, which are owned by this connection. */
  received(buffer: Uint8Array): void {
    const transfer: ArrayBuffer[] = [];
    this.receivedBytes(pack(buffer, transfer, true), transfer);
  }

  /** Works like {@link received}, for bytes that are ready to cross. */
  receivedBytes(bytes: Bytes, transfer: readonly ArrayBuffer[] = []): void {
    const state = this.#state;
    if (state.kind === 'closed') return;
    if (state.kind === 'attached') this.#forward(bytes, transfer);
    else if (state.kind === 'collecting') state.later.push(bytes);
    else {
      state.bytes.push(bytes);
      this.#placement.place(this);
    }
    this.#flow();
  }

  /** The peer has sent its last byte. */
  ended(): void {
    this.#hasEnded = true;
    if (this.#state.kind === 'attached') this.#state.tunnel.send(Op.end, this.#state.id, undefined);
  }

  /** The connection is gone. */
  closed(code?: string): void {
    if (this.#state.kind === 'attached') this.#state.tunnel.send(Op.close, this.#state.id, code);
    this.#detach();
  }

  /** The host's end has consumed what it was given. */
  drained(): void {
    this.#in.consumed(this.#undrained);
    this.#undrained = 0;
  }

  // Events of the thread.

  onData(bytes: Bytes, reuse: (bytes: Uint8Array) => void): void {
    this.#sent.answering();
    if (this.#end.write(bytes, reuse)) this.#in.consumed(bytes.length);
    else this.#undrained += bytes.length;
  }

  onEnd(): void {
    this.#end.end();
  }

  onClose(code: string | undefined): void {
    this.#detach();
    this.#end.close(code);
  }

  onAcknowledged(bytes: number): void {
    this.#out.acknowledged(bytes);
    this.#flow();
  }

  onSettled(received: number): void {
    this.#sent.settle(received);
    this.#noteIdle();
  }

  onLeft({ received, returned, purpose }: Departure): void {
    if (this.#state.kind !== 'attached') return;
    const { tunnel, id } = this.#state;
    const missing = this.#sent.count - received;
    if (received > lengthOf(returned)) this.#noteKept();
    this.#state = { kind: 'collecting', tunnel, id, bytes: [...returned], purpose, later: [], missing };
    this.#collect(0);
  }

  onReturned(bytes: Bytes): void {
    if (this.#state.kind !== 'collecting') return;
    this.#state.bytes.push(bytes);
    this.#collect(bytes.length);
  }

  onKeepAlive(keepAlive: KeepAlive): void {
    this.#end.keepAlive?.(keepAlive);
  }

  onProgressAsked(): void {
    const { unsentBytes = 0 } = this.#end;
    const hasProgressed = unsentBytes > 0 && unsentBytes !== this.#unsent;
    this.#unsent = unsentBytes;
    if (this.#state.kind === 'attached') this.#state.tunnel.send(Op.progress, this.#state.id, hasProgressed);
  }

  /** The thread is gone. Between two requests, the peer does not notice. */
  onLost(cause: unknown): void {
    const { kind } = this.#state;
    const { isSettled, isAnswering, count } = this.#sent;
    if (isSettled && count > 0) this.#noteKept();
    this.#detach();
    // A server of another protocol than HTTP may have spoken first: its peer would be greeted again by the next one.
    if (kind === 'attached' && isSettled && !isAnswering) return this.#wait([]);
    const repeat = kind === 'attached' ? this.#sent.takeRepeat() : undefined;
    if (repeat) this.#wait(repeat);
    else if (isAnswering) this.#end.close('ECONNRESET');
    else this.#end.refuse(cause);
  }

  #forward(bytes: Bytes, transfer: readonly ArrayBuffer[]): void {
    if (this.#state.kind !== 'attached') return;
    this.#sent.add(bytes);
    this.#out.sent(bytes.length);
    this.#state.tunnel.send(Op.data, this.#state.id, bytes, transfer);
  }

  #collect(returned: number): void {
    if (this.#state.kind !== 'collecting') return;
    this.#state.missing -= returned;
    const { missing, bytes, later, purpose } = this.#state;
    if (missing > 0) return;
    this.#detach();
    if (purpose === undefined) this.#wait([...bytes, ...later]);
    else this.#end.take([...bytes, ...later], purpose);
  }

  #wait(bytes: Bytes[]): void {
    this.#state = { kind: 'waiting', bytes };
    this.#placement.place(this);
    this.#noteIdle();
  }

  #noteKept(): void {
    if (!this.#facts.isKept) this.#facts = { ...this.#facts, isKept: true };
  }

  #noteIdle(): void {
    if (this.isIdle) this.#end.idle?.();
  }

  #detach(): void {
    const { tunnel, id } = this.#state as Partial<Extract<ConnectionState, { kind: 'attached' }>>;
    if (id !== undefined) tunnel?.remove(id);
    this.#state = { kind: 'closed' };
  }

  /** Pauses the peer while too much is in transit or waiting. */
  #flow(): void {
    const isFull = this.#isPaused ? !this.#hasRoom : this.#isFull;
    if (isFull === this.#isPaused) return;
    this.#isPaused = isFull;
    if (isFull) this.#end.pause();
    else this.#end.resume();
  }

  get #isFull(): boolean {
    const { kind } = this.#state;
    if (kind === 'attached') return this.#out.isFull;
    return kind !== 'closed' && waitingBytes(this.#state) >= WINDOW_BYTES;
  }

  get #hasRoom(): boolean {
    return this.#state.kind === 'attached' && this.#out.hasRoom;
  }
}
