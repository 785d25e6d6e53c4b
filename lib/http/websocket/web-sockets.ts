import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { LiveswapError } from '../../core/errors.js';
import { IdMap } from '../../core/id-map.js';
import { setTimeout } from '../../core/timers.js';
import { Waiters } from '../../core/waiters.js';
import { unpack } from '../../sockets/bytes.js';
import type { Tunnel } from '../../sockets/host/tunnel.js';
import type { Bytes } from '../../sockets/protocol.js';
import { flattenNote } from './flat-note.js';
import { headersIn } from './header-lines.js';
import { HostPeer, type PeerDeps } from './host-peer.js';
import type { WebSocketLimits } from './limits.js';
import type { FromThread, HookName, PeerEvent, Sent, ToThread, Upgrade } from './notes.js';
import { Rooms } from './rooms.js';
import { ThreadLoads } from './thread-loads.js';

/** A thread that runs hooks, and the counter of these. */
export interface HookRunner {
  readonly tunnel: Tunnel;
  /** The hooks that the thread has. */
  readonly hooks: ReadonlySet<HookName>;
  /** Counts a hook; the returned function ends it. */
  begin(name: string): (failed: boolean) => void;
}

/**
 * Returns a thread of the newest version that runs the next hook of a peer: `last`, where its context is, or the one with the
 * least to do; `undefined` while none is up.
 */
export type ChooseRunner = (last: Tunnel | undefined, loads: ThreadLoads) => HookRunner | undefined;

/** A hook that runs. */
interface Running {
  readonly peer: HostPeer;
  readonly event: PeerEvent;
  readonly tunnel: Tunnel;
  readonly end: (failed: boolean) => void;
}

/** Time for clients to say goodbye, in milliseconds. */
const GOODBYE_MS = 2_000;

/**
 * The WebSockets of one plugin. The sockets belong to the host and outlive versions and threads; each hook is a call of
 * the newest version.
 */
export class WebSockets {
  readonly #runner: ChooseRunner;
  readonly #peerDeps: PeerDeps;
  readonly #server: WebSocketServer;
  readonly #peers = new Map<number, HostPeer>();
  readonly #rooms = new Rooms<HostPeer>();
  readonly #loads = new ThreadLoads();
  readonly #running = new IdMap<Running>();
  /** Peers with an event for a hook that waits for a thread. */
  readonly #stalled = new Set<HostPeer>();
  readonly #emptyWaiters = new Waiters();
  #lastPeer = 0;
  #calls = 0;

  constructor(runner: ChooseRunner, limits: WebSocketLimits) {
    this.#runner = runner;
    this.#peerDeps = {
      limits,
      onEvent: (peer) => this.#pump(peer),
      // While no thread is up, nobody knows which hooks there are: the event waits like any other.
      hears: (hook) => this.#runner(undefined, this.#loads)?.hooks.has(hook) ?? true,
    };
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: limits.maxPayloadBytes,
      handleProtocols: (_protocols, request) => (request as Upgraded).upgrade.protocol ?? false,
    });
    this.#server.on('headers', (lines, request) => {
      const { headers } = (request as Upgraded).upgrade;
      for (let at = 0; at < headers.length; at += 2) lines.push(`${headers[at]}: ${headers[at + 1]}`);
    });
  }

  get size(): number {
    return this.#peers.size;
  }

  /** Takes over a connection whose upgrade a thread has accepted; `bytes` have come after the request. */
  take(socket: Duplex, bytes: readonly Bytes[], upgrade: Upgrade): void {
    const request = { method: 'GET', url: upgrade.url, headers: headersIn(upgrade.headerLines), upgrade };
    const head = Buffer.concat(bytes.map(unpack));
    this.#server.handleUpgrade(request as unknown as IncomingMessage, socket, head, (webSocket) => {
      const peer = new HostPeer(++this.#lastPeer, webSocket, upgrade, this.#peerDeps);
      this.#peers.set(peer.number, peer);
      this.#pump(peer);
    });
  }

  /** Runs the hooks that have waited for a thread. */
  resume(): void {
    const stalled = [...this.#stalled];
    this.#stalled.clear();
    for (const peer of stalled) this.#pump(peer);
  }

  /** Closes all sockets. Resolves when they are gone and their hooks have run. */
  close(code: number, reason: string): Promise<void> {
    // Others may come meanwhile: their plugin may be back.
    const leaving = [...this.#peers.values()];
    for (const peer of leaving) peer.close(code, reason);
    if (leaving.length === 0) return Promise.resolve();
    setTimeout(() => {
      for (const peer of leaving) peer.terminate();
    }, GOODBYE_MS).unref();
    return this.#emptyWaiters.wait();
  }

  /** Cuts and forgets the open sockets: nobody runs hooks any more. */
  abandon(): void {
    for (const peer of this.#peers.values()) {
      peer.terminate();
      this.#forget(peer);
    }
  }

  publish(topic: string, { bytes, compress }: Sent, namespace?: string, except?: number): void {
    const isBinary = typeof bytes !== 'string';
    // Encode once for all receivers.
    const encoded = isBinary ? bytes : Buffer.from(bytes);
    for (const peer of this.#rooms.members(topic, namespace))
      if (peer.number !== except) peer.send(encoded, isBinary, compress);
  }

  /** Handles a note of a thread. */
  read(tunnel: Tunnel, note: FromThread): void {
    if (note.kind === 'publish') return this.publish(note.topic, note.data, note.namespace, note.except);
    if (note.kind === 'hooked') return this.#hooked(note);
    const peer = this.#peers.get(note.peer);
    switch (note.kind) {
      case 'send': {
        const { bytes, compress } = note.data;
        return peer?.send(bytes, typeof bytes !== 'string', compress);
      }
      case 'subscribe':
        peer?.addTopic(note.topic);
        peer?.told.changedTopics(tunnel);
        return peer && this.#rooms.subscribe(peer, note.topic);
      case 'unsubscribe':
        peer?.removeTopic(note.topic);
        peer?.told.changedTopics(tunnel);
        return peer && this.#rooms.unsubscribe(peer, note.topic);
      case 'close':
        return peer?.close(note.code, note.reason);
      case 'terminate':
        return peer?.terminate();
      case 'ping':
        return peer?.ping(note.bytes);
      case 'wait': {
        const { wait } = note;
        const done = (): void => tunnel.note({ kind: 'drained', wait } satisfies ToThread);
        return peer ? peer.whenBelow(note.threshold, done) : done();
      }
      default:
        return note satisfies never;
    }
  }

  /** A thread is gone, over `cause`: the hooks that it ran are told of it, elsewhere. */
  lost(tunnel: Tunnel, cause: unknown): void {
    for (const { told } of this.#peers.values()) {
      if (told.last === tunnel) this.#loads.move(tunnel, undefined);
      told.forget(tunnel);
    }
    for (const [call, { peer, event, tunnel: from, end }] of this.#running.entries()) {
      if (from !== tunnel) continue;
      this.#running.take(call);
      end(true);
      peer.isBusy = false;
      // The close hook must still run: the plugin may keep a list of its peers.
      if (event.hook === 'close') peer.happenFirst(event);
      if (event.hook !== 'error') peer.happenFirst({ hook: 'error', error: cause });
      this.#pump(peer);
    }
  }

  /** Runs the peer's next hook, unless one runs. Events for which there is no hook are over at once. */
  #pump(peer: HostPeer): void {
    if (peer.isBusy || !peer.hasEvents || !this.#peers.has(peer.number)) return;
    const runner = this.#runner(peer.told.last, this.#loads);
    if (!runner) return void this.#stalled.add(peer);
    for (let event = peer.next(); event; event = peer.next()) {
      if (runner.hooks.has(event.hook)) return this.#run(peer, event, runner);
      if (event.hook === 'close') return this.#forget(peer);
    }
  }

  #run(peer: HostPeer, event: PeerEvent, runner: HookRunner): void {
    peer.isBusy = true;
    const { tunnel } = runner;
    const call = ++this.#calls;
    this.#running.set(call, { peer, event, tunnel, end: runner.begin(`websocket ${event.hook}`) });
    const { number, record, buffered, told } = peer;
    const note: ToThread = {
      kind: 'hook',
      call,
      peer: number,
      record: told.know(tunnel) ? undefined : record,
      context: told.haveContext(tunnel) ? undefined : peer.context,
      topics: told.haveTopics(tunnel) ? undefined : [...peer.topics],
      buffered,
      event: event.hook === 'error' ? { hook: 'error', error: plainError(event.error) } : event,
    };
    this.#loads.move(told.last, tunnel);
    told.tell(tunnel);
    tunnel.note(flattenNote(note));
  }

  #hooked({ call, context, failed }: Extract<FromThread, { kind: 'hooked' }>): void {
    const running = this.#running.take(call);
    if (!running) return;
    running.end(failed);
    const { peer, event } = running;
    peer.isBusy = false;
    if (context) peer.context = context;
    if (event.hook === 'close') this.#forget(peer);
    else this.#pump(peer);
  }

  #forget(peer: HostPeer): void {
    this.#loads.move(peer.told.last, undefined);
    this.#peers.delete(peer.number);
    for (const topic of peer.topics) this.#rooms.unsubscribe(peer, topic);
    for (const tunnel of peer.told.all) tunnel.note({ kind: 'gone', peer: peer.number } satisfies ToThread);
    if (this.#peers.size === 0) this.#emptyWaiters.release();
  }
}

/** A request, and the thread's answer to its upgrade. */
interface Upgraded extends IncomingMessage {
  readonly upgrade: Upgrade;
}

/** Returns an error in a cloneable form. */
function plainError(error: unknown): {
  readonly name: string;
  readonly message: string;
  readonly code: unknown;
} {
  const { name, message, code } = error as Partial<LiveswapError>;
  return { name: name ?? 'Error', message: message ?? String(error), code };
}
