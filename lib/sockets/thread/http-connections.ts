import { channel } from 'node:diagnostics_channel';
import { Server, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Bytes } from '../protocol.js';
import { CrossedSocket, wouldDestroy } from './crossed-socket.js';
import { waitNoMore, waitPatiently } from './patient-server.js';
import type { TunnelEnd } from './tunnel-end.js';

/** Message that the platform publishes for each request of each of its servers. */
interface RequestMessage {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly socket: unknown;
  readonly server: unknown;
}

const requestStarted = channel('http.server.request.start');
const responseFinished = channel('http.server.response.finish');

/** The listener with which the platform begins to read requests, the same one in each server. */
const [parser] = new Server().listeners('connection');

/** A connection of a server of the platform. */
interface Talk {
  readonly server: Server;
  /** False if the app reads what comes first, such as the head of a proxy: another version would wait for that again. */
  readonly isHttpFromTheStart: boolean;
  /** Requests that have no complete response. */
  open: number;
  last: IncomingMessage | undefined;
  answer: ServerResponse | undefined;
  isLeaving: boolean;
  /** True when the head of the next request began while it was leaving. */
  isInHead: boolean;
  /** True when it may also leave after a head has begun. */
  leavesInHead: boolean;
}

/**
 * Connections of the platform's HTTP servers in a thread. On request of the host, each is returned as soon as it is between two
 * requests: nothing is parsed in part, and no response is open.
 */
export class HttpConnections {
  readonly #end: TunnelEnd;
  readonly #talks = new WeakMap<CrossedSocket, Talk>();
  /** Sockets that may be between two requests by the end of this turn. */
  #toSettle = new Set<CrossedSocket>();

  constructor(end: TunnelEnd) {
    this.#end = end;
    end.beforeFlush(() => this.#settle());
    requestStarted.subscribe(this.#onStart);
    responseFinished.subscribe(this.#onFinish);
  }

  /** Lets `server` serve the peer; `event` is the event with which it begins. */
  accept(socket: CrossedSocket, server: Server, event = 'connection'): void {
    this.#talks.set(socket, {
      server,
      isHttpFromTheStart: server.listeners(event).some((listener) => listener === parser),
      open: 0,
      last: undefined,
      answer: undefined,
      isLeaving: false,
      isInHead: false,
      leavesInHead: false,
    });
    socket.requests.begin();
    server.emit(event, socket);
    socket.noteParser();
    if (!socket.facts.isKept) return;
    // A server takes every connection for a new one, and would wait for its first request as long as for a head.
    socket.setTimeout(server.keepAliveTimeout);
    waitPatiently(socket, server);
  }

  /** Gives the connection back to the host as soon as it is between two requests. */
  leave(socket: CrossedSocket): void {
    const talk = this.#talks.get(socket);
    if (!talk) return;
    talk.isLeaving = true;
    socket.arrivals.holdBackAfter((bytes) => this.#ownLength(socket, talk, bytes));
    this.#look(socket);
  }

  /** Lets no more requests begin: leaving connections are returned even with a part of the next head. */
  fence(): void {
    for (const socket of this.#end.sockets) {
      const talk = this.#talks.get(socket);
      if (!talk?.isLeaving) continue;
      talk.leavesInHead = true;
      this.#look(socket);
    }
  }

  /** The connections on which no requests are read: bare ones, and those that were upgraded. */
  get others(): readonly CrossedSocket[] {
    const read = memoized(readBy);
    return this.#end.sockets.filter((socket) => {
      const talk = this.#talks.get(socket);
      return !talk || !(socket.arrivals.isFresh || read(talk.server).has(socket));
    });
  }

  /** The connections whose request is answered with events, as an `EventSource` asks for: that ends when somebody ends it. */
  get ofEvents(): readonly CrossedSocket[] {
    return this.#end.sockets.filter((socket) => {
      const talk = this.#talks.get(socket);
      return talk?.open === 1 && talk.answer !== undefined && sendsEvents(talk.answer);
    });
  }

  close(): void {
    requestStarted.unsubscribe(this.#onStart);
    responseFinished.unsubscribe(this.#onFinish);
  }

  readonly #onStart = (message: unknown): void => {
    const { socket, request, response } = message as RequestMessage;
    const talk = this.#talkOf(socket);
    if (!talk) return;
    const { facts, requests } = socket as CrossedSocket;
    if (facts.isKept && !talk.last) {
      (socket as CrossedSocket).setTimeout(talk.server.timeout);
      waitNoMore(socket as CrossedSocket, talk.server);
    }
    talk.open++;
    requests.noteRequest();
    talk.last = request;
    talk.answer = response;
    talk.isInHead = false;
  };

  readonly #onFinish = (message: unknown): void => {
    const { socket } = message as RequestMessage;
    const talk = this.#talkOf(socket);
    if (!talk) return;
    talk.open--;
    if (talk.open === 0) this.#look(socket as CrossedSocket);
  };

  /** Returns the number of bytes that a request in progress may still receive; bytes after it belong to the next version. */
  #ownLength(socket: CrossedSocket, talk: Talk, bytes: Bytes): number {
    const { requests } = socket;
    // The body of a request that was already answered may end with these bytes.
    if (talk.open === 0) this.#look(socket);
    const isOver = talk.open > 0 ? talk.last?.complete : !talk.isInHead && !requests.isInBody;
    return isOver ? 0 : (requests.ownLength(bytes) ?? bytes.length);
  }

  /** Checks at the end of this turn whether the connection is between two requests. */
  #look(socket: CrossedSocket): void {
    this.#toSettle.add(socket);
    this.#end.wake();
  }

  #talkOf(socket: unknown): Talk | undefined {
    return socket instanceof CrossedSocket ? this.#talks.get(socket) : undefined;
  }

  /** Looks at the connections whose responses ended, after which the platform has cleaned up by now. */
  #settle(): void {
    // More connections may finish while those that stay continue to read.
    const sockets = this.#toSettle;
    this.#toSettle = new Set();
    const idle = memoized((server) => wouldDestroy(() => server.closeIdleConnections()));
    const read = memoized(readBy);
    for (const socket of sockets) {
      const talk = this.#talks.get(socket);
      if (!talk || talk.open > 0 || socket.destroyed) continue;
      if (!talk.isLeaving) {
        if (isSurelyIdle(socket, talk)) this.#setIdle(socket);
        // The request was answered before all of it had arrived.
        else if (talk.last?.complete === false) talk.last.once('close', () => this.#look(socket));
        continue;
      }
      const { server, leavesInHead, isHttpFromTheStart } = talk;
      const { isFresh } = socket.arrivals;
      const isBetween = isFresh || idle(server).has(socket);
      const isOnlyHead = leavesInHead && socket.requests.head !== undefined && read(server).has(socket);
      if (!socket.isMoving && (isBetween || isOnlyHead)) {
        if (isFresh || isHttpFromTheStart) this.#end.giveBack(socket);
        else socket.destroySoon();
      } else if (!socket.requests.isInBody) {
        // The next request has begun, so it is answered here.
        talk.isInHead = true;
        // Its listener may throw, and the app goes on: the connections after this one leave all the same.
        process.nextTick(() => socket.readOn());
      }
    }
  }

  #setIdle(socket: CrossedSocket): void {
    socket.requests.begin();
    this.#end.settled(socket);
  }
}

/** Returns the connections that a server still reads, without upgraded ones. */
function readBy(server: Server): ReadonlySet<CrossedSocket> {
  return wouldDestroy(() => server.closeAllConnections());
}

/** A head that `writeHead` was given is in the undocumented property alone. */
function sendsEvents(response: ServerResponse): boolean {
  const { _header: head } = response as unknown as { readonly _header: string | null };
  return head !== null && /^content-type: *text\/event-stream/im.test(head);
}

/** Returns the result of `find` for a server, computed once. */
function memoized(
  find: (server: Server) => ReadonlySet<CrossedSocket>,
): (server: Server) => ReadonlySet<CrossedSocket> {
  const found = new Map<Server, ReadonlySet<CrossedSocket>>();
  return (server) => {
    const known = found.get(server) ?? find(server);
    found.set(server, known);
    return known;
  };
}

/** Returns whether nothing is parsed in part, as far as that can be seen without looking at every connection of the server. */
function isSurelyIdle(socket: CrossedSocket, { last }: Talk): boolean {
  const isBetween = socket.arrivals.endsBlank || socket.facts.comesWhole === true;
  return last !== undefined && last.complete && isBetween && !socket.isMoving && !socket.arrivals.isBehind;
}
