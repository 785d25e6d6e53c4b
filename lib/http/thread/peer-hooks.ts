import { LiveswapError } from '../../core/errors.js';
import { isObject } from '../../core/is-object.js';
import { isThenable } from '../../core/is-thenable.js';
import { IncomingCall } from '../../link/incoming-call.js';
import type { LiveDataWire } from '../../live-data/live-data.js';
import type { WebSocketHooks } from '../../plugin/http-app.js';
import { unpack } from '../../sockets/bytes.js';
import type { ServiceHost } from '../../thread/services.js';
import type { FromThread, HookNote, PeerEvent, ToThread } from '../websocket/notes.js';
import { PeerMessage } from './message.js';
import { ThreadPeer, type PeerHost } from './thread-peer.js';

/** The context of a peer goes from version to version, so it is kept small. */
const MOST_CONTEXT = 16 * 1_024;

/** Runs the hooks of peers that the host asks for. */
export class PeerHooks {
  readonly #hooks: WebSocketHooks;
  readonly #host: ServiceHost;
  readonly #peerHost: PeerHost;
  readonly #tell: (note: FromThread) => void;
  readonly #peers = new Map<number, ThreadPeer>();
  /** The host's copy of each context. */
  readonly #contexts = new WeakMap<ThreadPeer, string>();
  readonly #waits = new Map<number, () => void>();
  #lastWait = 0;

  constructor(hooks: WebSocketHooks, host: ServiceHost, tell: (note: FromThread) => void) {
    this.#hooks = hooks;
    this.#host = host;
    this.#tell = tell;
    this.#peerHost = { tell, waitForDrain: (peer, threshold) => this.#waitForDrain(peer, threshold) };
  }

  read(note: ToThread): void {
    switch (note.kind) {
      case 'hook':
        return void this.#run(note);
      case 'gone':
        return void this.#peers.delete(note.peer);
      case 'drained':
        this.#waits.get(note.wait)?.();
        return void this.#waits.delete(note.wait);
      default:
        return note satisfies never;
    }
  }

  /** Runs a hook. A hook that returns no promise is over in this turn: promises would take as long as all its other work. */
  #run(note: HookNote): unknown {
    const { call, event } = note;
    const peer = this.#peerOf(note);
    if (!peer) return this.#tell({ kind: 'hooked', call, context: undefined, failed: true });
    try {
      if (note.context) this.#readContext(peer, note.context);
      const result = this.#call(peer, event);
      if (!isThenable(result)) return this.#settle(call, peer, false);
      return Promise.resolve(result).then(
        () => this.#settle(call, peer, false),
        (error: unknown) => this.#settleFailed(call, peer, event, error),
      );
    } catch (error) {
      return this.#settleFailed(call, peer, event, error);
    }
  }

  async #settleFailed(call: number, peer: ThreadPeer, event: PeerEvent, error: unknown): Promise<void> {
    await this.#failed(peer, event, error);
    await this.#settle(call, peer, true);
  }

  /**
   * Tells the host that a hook has settled. A context that cannot move on to another version is given up, and the peer with it.
   */
  #settle(call: number, peer: ThreadPeer, failed: boolean): unknown {
    let context: LiveDataWire | undefined;
    try {
      context = this.#changedContext(peer);
    } catch (error) {
      return this.#error(peer, error).then(() => {
        peer.close(1011, 'The context of this peer cannot be kept.');
        this.#tell({ kind: 'hooked', call, context: undefined, failed });
      });
    }
    return this.#tell({ kind: 'hooked', call, context, failed });
  }

  #peerOf({ peer: number, record, topics, buffered, event }: HookNote): ThreadPeer | undefined {
    let peer = this.#peers.get(number);
    if (!peer && record) {
      peer = new ThreadPeer(record, this.#peerHost);
      this.#peers.set(number, peer);
    }
    if (!peer) return undefined;
    if (topics) peer.topics = topics;
    peer.bufferedAmount = buffered;
    peer.readyState = event.hook === 'close' ? 3 : 1;
    return peer;
  }

  #call(peer: ThreadPeer, event: PeerEvent): unknown {
    const hooks = this.#hooks;
    const call = new IncomingCall(`websocket ${event.hook}`);
    return this.#host.run(call, () => {
      switch (event.hook) {
        case 'open':
          return hooks.open?.(peer);
        case 'drain':
          return hooks.drain?.(peer);
        case 'message': {
          const data = event.isBinary ? new Uint8Array(unpack(event.data)) : (event.data as string);
          return hooks.message?.(peer, new PeerMessage(peer, data));
        }
        case 'ping':
        case 'pong':
          return hooks[event.hook]?.(peer, new Uint8Array(unpack(event.data)));
        case 'close':
          return hooks.close?.(peer, { code: event.code, reason: event.reason });
        case 'error':
          return hooks.error?.(peer, errorOf(event.error));
        default:
          return event satisfies never;
      }
    });
  }

  async #failed(peer: ThreadPeer, { hook }: PeerEvent, error: unknown): Promise<void> {
    this.#host.log.error({ err: error, hook }, `websocket.${hook} of ${this.#host.plugin} failed.`);
    if (hook !== 'error') await this.#error(peer, error);
  }

  async #error(peer: ThreadPeer, error: unknown): Promise<void> {
    try {
      await this.#call(peer, { hook: 'error', error });
    } catch (cause) {
      await this.#failed(peer, { hook: 'error', error: undefined }, cause);
    }
  }

  #readContext(peer: ThreadPeer, wire: LiveDataWire): void {
    peer.context = this.#host.unwrap(wire) as Record<string, unknown>;
    this.#contexts.set(peer, wire.data);
  }

  /** Returns the context if it has changed. @throws LiveswapError `LIVE_DATA_INVALID` */
  #changedContext(peer: ThreadPeer): LiveDataWire | undefined {
    const before = this.#contexts.get(peer);
    const { context } = peer as { readonly context: unknown };
    if (before === undefined && isObject(context) && Object.keys(context).length === 0) return undefined;
    const wire = this.#host.wrap(context);
    if (wire.data === before) return undefined;
    if (wire.data.length > MOST_CONTEXT) throw tooLarge(wire.data.length);
    this.#contexts.set(peer, wire.data);
    return wire;
  }

  #waitForDrain(peer: number, threshold: number): Promise<void> {
    const wait = ++this.#lastWait;
    this.#tell({ kind: 'wait', peer, wait, threshold });
    return new Promise((resolve) => this.#waits.set(wait, resolve));
  }
}

function errorOf(error: unknown): Error {
  if (error instanceof Error) return error;
  const { name, message, code } = error as {
    readonly name: string;
    readonly message: string;
    readonly code: unknown;
  };
  if (name === 'LiveswapError') return new LiveswapError(code as LiveswapError['code'], message);
  return Object.assign(new Error(message), { name, ...(code !== undefined && { code }) });
}

function tooLarge(length: number): LiveswapError {
  const message = `peer.context is ${length} characters long; ${MOST_CONTEXT} are kept: keep what is larger in the data bag.`;
  return new LiveswapError('LIVE_DATA_INVALID', message, { path: 'peer.context' });
}
