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

/** Parts that all peers share. */
export interface PeerDeps {
  readonly limits: PeerLimits;
  /** Called when there is something to tell a hook. */
  onEvent(peer: HostPeer): void;
  /** Returns whether anybody wants to be told of such events. */
  hears(hook: 'ping' | 'pong'): boolean;
}

/** Callback that waits until no more than `threshold` bytes are left. */
interface Wait {
  readonly threshold: number;
  readonly done: () => void;
}

/**
 * One client: its socket, which belongs to the host, and its events that no hook has handled yet. Thousands may be connected and
 * silent, so objects that are seldom needed are made only when they are.
 */
export class HostPeer {
  readonly record: PeerRecord;
  readonly told = new ToldThreads();
  readonly #socket: WebSocket;
  readonly #deps: PeerDeps;
  #events: PeerEvent[] | undefined;
  #waits: Set<Wait> | undefined;
  #topics: Set<string> | undefined;
  #isSlow = false;
  context: LiveDataWire | undefined;
  /** True while one of its hooks runs: they run one at a time. */
  isBusy = false;
  isClosed = false;

  /** `number` names the peer between host and threads. */
  constructor(number: number, socket: WebSocket, upgrade: Upgrade, deps: PeerDeps) {
    const { url, headerLines, namespace, remoteAddress, context } = upgrade;
    const { protocol, extensions } = socket;
    const id = randomUUID();
    this.record = { number, id, url, headerLines, namespace, remoteAddress, protocol, extensions };
    this.context = context;
    this.#socket = socket;
    this.#deps = deps;
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      const text = isBinary ? pack(data, [], false) : data.toString();
      this.happen({ hook: 'message', data: text, isBinary });
    });
    // A client that sends pings and does not read would fill the buffer with pongs.
    socket.on('ping', (data) => {
      if (!this.#refuseSlow()) this.#control('ping', data);
    });
    socket.on('pong', (data) => this.#control('pong', data));
    socket.on('error', (error) => this.happen({ hook: 'error', error }));
    socket.on('close', (code, reason) => {
      this.isClosed = true;
      for (const { done } of this.#waits ?? []) done();
      this.happen({ hook: 'close', code, reason: reason.toString() });
    });
    this.happen({ hook: 'open' });
  }

  get number(): number {
    return this.record.number;
  }

  get namespace(): string {
    return this.record.namespace;
  }

  get buffered(): number {
    return this.#socket.bufferedAmount;
  }

  get topics(): Iterable<string> {
    return this.#topics ?? [];
  }

  addTopic(topic: string): void {
    this.#topics ??= new Set();
    this.#topics.add(topic);
  }

  removeTopic(topic: string): void {
    this.#topics?.delete(topic);
  }

  /** True when an event waits for a hook. */
  get hasEvents(): boolean {
    return this.#events !== undefined;
  }

  /** Returns the next event for a hook. */
  next(): PeerEvent | undefined {
    const events = this.#events;
    if (!events) return undefined;
    const event = events.shift();
    if (events.length === 0) this.#events = undefined;
    if (events.length <= FEW_WAITING && this.#socket.isPaused) this.#socket.resume();
    return event;
  }

  happen(event: PeerEvent): void {
    if (this.#events) this.#events.push(event);
    else this.#events = [event];
    if (this.#events.length >= MOST_WAITING) this.#socket.pause();
    this.#deps.onEvent(this);
  }

  /** Sends a ping, unless the client is slow. */
  ping(bytes: string | Uint8Array): void {
    const socket = this.#socket;
    if (socket.readyState !== socket.OPEN) return;
    socket.ping(bytes);
    this.#refuseSlow();
  }

  #control(hook: 'ping' | 'pong', data: Buffer): void {
    if (this.#deps.hears(hook)) this.happen({ hook, data: pack(data, [], false) });
  }

  /** Puts an event before those that wait. */
  happenFirst(event: PeerEvent): void {
    this.#events = [event, ...(this.#events ?? [])];
  }

  /** Sends an encoded message: a text, the bytes of a text, or binary bytes. */
  send(message: string | Uint8Array, isBinary: boolean, compress = false): void {
    const socket = this.#socket;
    if (socket.readyState !== socket.OPEN) return;
    socket.send(message, { binary: isBinary, compress }, () => this.#sent());
    if (!this.#refuseSlow() && socket.bufferedAmount > SLOW_BYTES) this.#isSlow = true;
  }

  /** Calls `done` when no more than `threshold` bytes wait to be sent, or nothing will be sent any more. */
  whenBelow(threshold: number, done: () => void): void {
    if (this.isClosed || this.buffered <= threshold) return done();
    this.#waits ??= new Set();
    this.#waits.add({ threshold, done });
  }

  close(code?: number, reason?: string): void {
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  #refuseSlow(): boolean {
    const isTooSlow = this.buffered > this.#deps.limits.maxBufferedBytes;
    if (isTooSlow) this.close(1013, 'Too slow.');
    return isTooSlow;
  }

  #sent(): void {
    for (const wait of this.#waits ?? []) {
      if (this.buffered > wait.threshold) continue;
      this.#waits?.delete(wait);
      wait.done();
    }
    if (!this.#isSlow || this.buffered > 0) return;
    this.#isSlow = false;
    this.happen({ hook: 'drain' });
  }
}
