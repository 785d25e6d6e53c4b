import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import type { LiveDataWire } from '../../live-data/live-data.js';
import { pack } from '../../sockets/bytes.js';
import type { PeerLimits } from './limits.js';
import type { PeerEvent, PeerRecord, Upgrade } from './notes.js';
import { ToldThreads } from './told-threads.js';

/** Number of waiting messages at which the socket is paused, and at which it is resumed. */
const MOST_WAITING = 64;
const FEW_WAITING = 32;

/** Number of waiting bytes above which the `drain` hook runs once they are sent. */
const SLOW_BYTES = 64 * 1_024;

/** One client: its socket, which belongs to the host, and its events that no hook has handled yet. */
export class HostPeer {
  readonly record: PeerRecord;
  readonly topics = new Set<string>();
  readonly told = new ToldThreads();
  readonly #socket: WebSocket;
  readonly #limits: PeerLimits;
  readonly #onEvent: (peer: HostPeer) => void;
  readonly #events: PeerEvent[] = [];
  /** Callbacks that wait until no more than `threshold` bytes are left. */
  readonly #waits = new Set<{ readonly threshold: number; readonly done: () => void }>();
  #isSlow = false;
  context: LiveDataWire | undefined;
  /** True while one of its hooks runs: they run one at a time. */
  isBusy = false;
  isClosed = false;

  /** `onEvent` is called when there is something to tell a hook. */
  constructor(socket: WebSocket, upgrade: Upgrade, limits: PeerLimits, onEvent: (peer: HostPeer) => void) {
    const { url, rawHeaders, namespace, remoteAddress, context } = upgrade;
    const { protocol, extensions } = socket;
    this.record = { id: randomUUID(), url, rawHeaders, namespace, remoteAddress, protocol, extensions };
    this.context = context;
    this.#socket = socket;
    this.#limits = limits;
    this.#onEvent = onEvent;
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      const text = isBinary ? pack(data, [], false) : data.toString();
      this.happen({ hook: 'message', data: text, isBinary });
    });
    // A client that sends pings and does not read would fill the buffer with pongs.
    socket.on('ping', () => this.#refuseSlow());
    socket.on('error', (error) => this.happen({ hook: 'error', error }));
    socket.on('close', (code, reason) => {
      this.isClosed = true;
      for (const { done } of this.#waits) done();
      this.happen({ hook: 'close', code, reason: reason.toString() });
    });
    this.happen({ hook: 'open' });
  }

  get id(): string {
    return this.record.id;
  }

  get namespace(): string {
    return this.record.namespace;
  }

  get buffered(): number {
    return this.#socket.bufferedAmount;
  }

  /** Returns the next event for a hook. */
  next(): PeerEvent | undefined {
    const event = this.#events.shift();
    if (this.#events.length <= FEW_WAITING && this.#socket.isPaused) this.#socket.resume();
    return event;
  }

  happen(event: PeerEvent): void {
    this.#events.push(event);
    if (this.#events.length >= MOST_WAITING) this.#socket.pause();
    this.#onEvent(this);
  }

  /** Puts an event before those that wait. */
  happenFirst(event: PeerEvent): void {
    this.#events.unshift(event);
  }

  /** Sends an encoded message: bytes, of text or binary. */
  send(bytes: Uint8Array, isBinary: boolean, compress: boolean | undefined): void {
    const socket = this.#socket;
    if (socket.readyState !== socket.OPEN) return;
    socket.send(bytes, { binary: isBinary, ...(compress !== undefined && { compress }) }, () => this.#sent());
    if (!this.#refuseSlow() && socket.bufferedAmount > SLOW_BYTES) this.#isSlow = true;
  }

  /** Calls `done` when no more than `threshold` bytes wait to be sent, or nothing will be sent any more. */
  whenBelow(threshold: number, done: () => void): void {
    if (this.isClosed || this.buffered <= threshold) return done();
    this.#waits.add({ threshold, done });
  }

  close(code?: number, reason?: string): void {
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  #refuseSlow(): boolean {
    const isTooSlow = this.buffered > this.#limits.maxBufferedBytes;
    if (isTooSlow) this.close(1013, 'Too slow.');
    return isTooSlow;
  }

  #sent(): void {
    for (const wait of this.#waits) {
      if (this.buffered > wait.threshold) continue;
      this.#waits.delete(wait);
      wait.done();
    }
    if (!this.#isSlow || this.buffered > 0) return;
    this.#isSlow = false;
    this.happen({ hook: 'drain' });
  }
}
