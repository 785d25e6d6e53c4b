import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { LiveswapError } from '../../core/errors.js';
import { setTimeout } from '../../core/timers.js';
import { unpack } from '../../sockets/bytes.js';
import type { Tunnel } from '../../sockets/host/tunnel.js';
import type { Bytes } from '../../sockets/protocol.js';
import { flattenNote } from './flat-note.js';
import { HostPeer } from './host-peer.js';
import type { WebSocketLimits } from './limits.js';
import type { FromThread, PeerEvent, Sent, ToThread, Upgrade } from './notes.js';
import { Rooms } from './rooms.js';

/** A thread that runs hooks, and the counter of these. */
export interface HookRunner {
  readonly tunnel: Tunnel;
  /** Counts a hook; the returned function ends it. */
  begin(name: string): (failed: boolean) => void;
}

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
  readonly #runner: () => HookRunner | undefined;
  readonly #limits: WebSocketLimits;
  readonly #server: WebSocketServer;
  readonly #peers = new Map<string, HostPeer>();
  readonly #rooms = new Rooms<HostPeer>();
  readonly #running = new Map<number, Running>();
  /** Peers with an event for a hook that waits for a thread. */
  readonly #stalled = new Set<HostPeer>();
  #whenEmpty: (() => void) | undefined;
  #calls = 0;

  /** `runner` returns a thread of the newest version that runs hooks; `undefined` while none is up. */
  constructor(runner: () => HookRunner | undefined, limits: WebSocketLimits) {
    this.#runner = runner;
    this.#limits = limits;
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
    const request = { method: 'GET', url: upgrade.url, headers: headersOf(upgrade.rawHeaders), upgrade };
    const head = Buffer.concat(bytes.map(unpack));
    this.#server.handleUpgrade(request as unknown as IncomingMessage, socket, head, (webSocket) => {
      const peer: HostPeer = new HostPeer(webSocket, upgrade, this.#limits, (one) => this.#pump(one));
      this.#peers.set(peer.id, peer);
      this.#pump(peer);
    });
  }

  /** Runs the hooks that have waited for a thread. */
  resume(): void {
    const stalled = [...this.#stalled];
    this.#stalled.clear();
    for (const peer of stalled) this.#pump(peer);
  }

  /** Closes all of them. Resolves when they are gone and their hooks have run. */
  close(code: number, reason: string): Promise<void> {
    for (const peer of this.#peers.values()) peer.close(code, reason);
    if (this.#peers.size === 0) return Promise.resolve();
    setTimeout(() => {
      for (const peer of this.#peers.values()) peer.terminate();
    }, GOODBYE_MS).unref();
    return new Promise((resolve) => {
      this.#whenEmpty = resolve;
    });
  }

  /** Cuts and forgets the open sockets: nobody runs hooks any more. */
  abandon(): void {
    for (const peer of this.#peers.values()) {
      peer.terminate();
      this.#forget(peer);
    }
  }

  publish(topic: string, { bytes, compress }: Sent, namespace?: string, except?: string): void {
    const isBinary = typeof bytes !== 'string';
    // Encode once for all receivers.
    const encoded = isBinary ? bytes : Buffer.from(bytes);
    for (const peer of this.#rooms.members(topic, namespace))
      if (peer.id !== except) peer.send(encoded, isBinary, compress);
  }

  /** Handles a note of a thread. */
  read(tunnel: Tunnel, note: FromThread): void {
    if (note.kind === 'publish') return this.publish(note.topic, note.data, note.namespace, note.except);
    if (note.kind === 'hooked') return this.#hooked(note);
    const peer = this.#peers.get(note.peer);
    switch (note.kind) {
      case 'send': {
        const { bytes, compress } = note.data;
        return peer?.send(
          typeof bytes === 'string' ? Buffer.from(bytes) : bytes,
          typeof bytes !== 'string',
          compress,
        );
      }
      case 'subscribe':
        peer?.topics.add(note.topic);
        peer?.told.changedTopics(tunnel);
        return peer && this.#rooms.subscribe(peer, note.topic);
      case 'unsubscribe':
        peer?.topics.delete(note.topic);
        peer?.told.changedTopics(tunnel);
        return peer && this.#rooms.unsubscribe(peer, note.topic);
      case 'close':
        return peer?.close(note.code, note.reason);
      case 'terminate':
        return peer?.terminate();
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
    for (const { told } of this.#peers.values()) told.forget(tunnel);
    for (const [call, { peer, event, tunnel: from, end }] of this.#running) {
      if (from !== tunnel) continue;
      this.#running.delete(call);
      end(true);
      peer.isBusy = false;
      // The close hook must still run: the plugin may keep a list of its peers.
      if (event.hook === 'close') peer.happenFirst(event);
      if (event.hook !== 'error') peer.happenFirst({ hook: 'error', error: cause });
      this.#pump(peer);
    }
  }

  /** Runs the peer's next hook, unless one runs. */
  #pump(peer: HostPeer): void {
    if (peer.isBusy || !this.#peers.has(peer.id)) return;
    const runner = this.#runner();
    if (!runner) return void this.#stalled.add(peer);
    const event = peer.next();
    if (!event) return;
    peer.isBusy = true;
    const { tunnel } = runner;
    const call = ++this.#calls;
    this.#running.set(call, { peer, event, tunnel, end: runner.begin(`websocket ${event.hook}`) });
    const { id, record, buffered, told } = peer;
    const note: ToThread = {
      kind: 'hook',
      call,
      peer: id,
      record: told.know(tunnel) ? undefined : record,
      context: told.haveContext(tunnel) ? undefined : peer.context,
      topics: told.haveTopics(tunnel) ? undefined : [...peer.topics],
      buffered,
      event: event.hook === 'error' ? { hook: 'error', error: plainError(event.error) } : event,
    };
    told.tell(tunnel);
    tunnel.note(flattenNote(note));
  }

  #hooked({ call, context, failed }: Extract<FromThread, { kind: 'hooked' }>): void {
    const running = this.#running.get(call);
    if (!running) return;
    this.#running.delete(call);
    running.end(failed);
    const { peer, event } = running;
    peer.isBusy = false;
    if (context) peer.context = context;
    if (event.hook === 'close') this.#forget(peer);
    else this.#pump(peer);
  }

  #forget(peer: HostPeer): void {
    this.#peers.delete(peer.id);
    for (const topic of peer.topics) this.#rooms.unsubscribe(peer, topic);
    for (const tunnel of peer.told.all) tunnel.note({ kind: 'gone', peer: peer.id } satisfies ToThread);
    if (this.#peers.size === 0) this.#whenEmpty?.();
  }
}

/** A request, and the thread's answer to its upgrade. */
interface Upgraded extends IncomingMessage {
  readonly upgrade: Upgrade;
}

function headersOf(rawHeaders: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] as string).toLowerCase();
    const value = rawHeaders[at + 1] as string;
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  return headers;
}

/** An error in a cloneable form. */
function plainError(error: unknown): {
  readonly name: string;
  readonly message: string;
  readonly code: unknown;
} {
  const { name, message, code } = error as Partial<LiveswapError>;
  return { name: name ?? 'Error', message: message ?? String(error), code };
}
