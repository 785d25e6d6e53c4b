import { channel } from 'node:diagnostics_channel';
import type { IncomingMessage, Server } from 'node:http';
import { CrossedSocket, wouldDestroy } from './crossed-socket.js';
import type { TunnelEnd } from './tunnel-end.js';

/** Message that the platform publishes for each request of each of its servers. */
interface RequestMessage {
  readonly request: IncomingMessage;
  readonly socket: unknown;
  readonly server: unknown;
}

const requestStarted = channel('http.server.request.start');
const responseFinished = channel('http.server.response.finish');

/** A connection with a server of the platform. */
interface Talk {
  readonly server: Server;
  /** Requests that have no complete response. */
  open: number;
  last: IncomingMessage | undefined;
  isLeaving: boolean;
  /** Found to be between two requests no more, while it was leaving: the head of the next one has begun. */
  isInHead: boolean;
}

/**
 * Connections that HTTP servers of the platform have in a thread. Each is given back, when the host asks, as soon as it is
 * between two requests: nothing is parsed in part, and no response is open.
 */
export class HttpConnections {
  readonly #end: TunnelEnd;
  readonly #talks = new WeakMap<CrossedSocket, Talk>();
  /** Sockets of which a response has ended in this turn. */
  readonly #finished = new Set<CrossedSocket>();

  constructor(end: TunnelEnd) {
    this.#end = end;
    end.beforeFlush(() => this.#settle());
    requestStarted.subscribe(this.#onStart);
    responseFinished.subscribe(this.#onFinish);
  }

  /** Lets `server` talk with the peer; `event` is what it begins to do so with. */
  accept(socket: CrossedSocket, server: Server, event = 'connection'): void {
    this.#talks.set(socket, { server, open: 0, last: undefined, isLeaving: false, isInHead: false });
    server.emit(event, socket);
  }

  /** Gives the connection back as soon as it is between two requests. */
  leave(socket: CrossedSocket): void {
    const talk = this.#talks.get(socket);
    if (!talk) return;
    talk.isLeaving = true;
    this.#finished.add(socket);
    // A request that is under way may have more to come; whatever comes after it is the next version's.
    socket.holdBackWhile(() => (talk.open > 0 ? (talk.last?.complete ?? false) : !talk.isInHead));
    this.#end.wake();
  }

  close(): void {
    requestStarted.unsubscribe(this.#onStart);
    responseFinished.unsubscribe(this.#onFinish);
  }

  readonly #onStart = (message: unknown): void => {
    const { socket, request } = message as RequestMessage;
    const talk = this.#talkOf(socket);
    if (!talk) return;
    talk.open++;
    talk.last = request;
    talk.isInHead = false;
  };

  readonly #onFinish = (message: unknown): void => {
    const { socket } = message as RequestMessage;
    const talk = this.#talkOf(socket);
    if (!talk) return;
    talk.open--;
    if (talk.open > 0) return;
    this.#finished.add(socket as CrossedSocket);
    this.#end.wake();
  };

  #talkOf(socket: unknown): Talk | undefined {
    return socket instanceof CrossedSocket ? this.#talks.get(socket) : undefined;
  }

  /** By now the platform has put away what belonged to the responses that ended. */
  #settle(): void {
    // More may finish while those that stay read on.
    const finished = [...this.#finished];
    this.#finished.clear();
    const idleOf = new Map<Server, ReadonlySet<CrossedSocket>>();
    for (const socket of finished) {
      const talk = this.#talks.get(socket);
      if (!talk || talk.open > 0 || socket.destroyed) continue;
      if (!talk.isLeaving) {
        if (isSurelyIdle(socket, talk)) this.#end.settled(socket);
        continue;
      }
      const idle = idleOf.get(talk.server) ?? wouldDestroy(() => talk.server.closeIdleConnections());
      idleOf.set(talk.server, idle);
      if (!socket.isMoving && (socket.isFresh || idle.has(socket))) this.#end.giveBack(socket);
      else {
        // The next request has begun: it is answered here.
        talk.isInHead = true;
        socket.readOn();
      }
    }
  }
}

/** Returns whether nothing is parsed in part, as far as that can be seen without looking at every connection of the server. */
function isSurelyIdle(socket: CrossedSocket, { last }: Talk): boolean {
  return last !== undefined && last.complete && socket.endsBlank && !socket.isMoving;
}
