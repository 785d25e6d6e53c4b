import { Server as HttpServer } from 'node:http';
import { Server as HttpsServer } from 'node:https';
import { Server, Socket, type ListenOptions } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { resolve } from 'node:path';
import { describePeer } from '../sockets/thread/describe-peer.js';
import { errorOfFacts, type AppAnswer } from '../surface/app-notes.js';
import type { ContextFacts, ListenAddress, ListenRequest } from '../surface/listen.js';
import { AdoptedHandle } from './adopted-handle.js';
import { AdoptedTls } from './adopted-tls.js';
import { callerFile } from './caller-file.js';
import { readArguments, requestOf } from './listen-arguments.js';
import { ListenQueue } from './listen-queue.js';
import { notAdopted } from './not-adopted.js';
import { tlsListener } from './tls-listener.js';

/** The host's half, which listens and gives connections to the versions of the app. */
export interface ListenHost {
  /** Opens an address, unless it is open already. */
  listen(request: ListenRequest, callbacks: ListenCallbacks): void;
  /** Closes an address; `isFile` for a Unix socket or pipe, whose file is gone then. */
  close(key: string, isFile: boolean): void;
  /** The settings of the server that listens there have changed. */
  renew(key: string, request: ListenRequest): void;
}

/** Receives the outcome of a request to listen; connections may follow at once. */
export interface ListenCallbacks {
  opened(listening: Listening): void;
  /** Listening failed with the platform's error. */
  refused(error: Error): void;
}

/** An address that is open for a server. */
export interface Listening {
  /** The key of its connections. */
  readonly key: string;
  readonly address: ListenAddress;
}

type FailedHandshake = Extract<AppAnswer, { readonly kind: 'handshakeFailed' }>;

/** Undocumented properties of a server. */
interface ServerParts {
  _handle: unknown;
  /** Changes with each `close()`. */
  readonly _listeningId: number;
}

/** Classes of servers whose connections need a handle of the platform; `node:http2` does not export them. */
const HTTP2 = new Set(['Http2Server', 'Http2SecureServer']);

type Listen = (this: Server, ...args: unknown[]) => Server;

/** Servers of the app for which the host listens: `listen` asks the host, and connections to an address go to its server. */
export class AdoptedServers {
  readonly #host: ListenHost;
  readonly #servers = new Map<string, Server>();
  readonly #tls: AdoptedTls;
  /** The request by which each listening server began to listen. */
  readonly #requests = new WeakMap<Server, { readonly key: string; readonly request: ListenRequest }>();
  /** Absolute paths of the sockets and pipes on which the host listens for the app. */
  readonly #sockets: Set<string>;
  readonly #isOwn: (path: string) => boolean;
  readonly #queue = new ListenQueue();

  /**
   * @param sockets are the paths on which the host listens already.
   * @param isOwn returns whether a file is the app's own.
   */
  constructor(host: ListenHost, sockets: readonly string[], isOwn: (path: string) => boolean) {
    this.#host = host;
    this.#sockets = new Set(sockets);
    this.#isOwn = isOwn;
    this.#tls = new AdoptedTls((server) => this.#changed(server));
    const adopt = (server: Server, args: unknown[]): Server => this.#listen(server, args);
    const listen: Listen = function (...args) {
      return adopt(this, args);
    };
    Server.prototype.listen = listen as Server['listen'];
  }

  /** Resolves when every `listen` has been answered. */
  settled(): Promise<void> {
    return this.#queue.settled();
  }

  /** Returns whether the host listens on a path for the app, or has done so. */
  isSocket(path: string): boolean {
    return this.#sockets.has(path);
  }

  /** Returns the server that listens on an address of the host; `undefined` if it has been closed. */
  at(key: string): Server | undefined {
    return this.#servers.get(key);
  }

  /** Resolves to the TLS context that the server at an address uses for a name; `undefined` for its default one. */
  async contextFor(key: string, servername: string): Promise<ContextFacts | undefined> {
    const server = this.#servers.get(key);
    return server instanceof TlsServer ? this.#tls.contextFor(server, servername) : undefined;
  }

  /** Tells the server at an address about a peer whose TLS handshake with the host failed. */
  handshakeFailed({ key, error, peer }: FailedHandshake): void {
    const server = this.#servers.get(key);
    if (!(server instanceof TlsServer)) return;
    const socket = new Socket();
    describePeer(socket, peer);
    // The host has ended the connection.
    socket.destroy();
    server.emit('tlsClientError', errorOfFacts(error), socket);
  }

  #changed(server: TlsServer): void {
    const known = this.#requests.get(server);
    if (known && this.#servers.get(known.key) === server)
      this.#host.renew(known.key, { ...known.request, tls: this.#tls.requestOf(server) });
  }

  #listen(server: Server, args: unknown[]): Server {
    if (HTTP2.has(server.constructor.name))
      throw notAdopted('HTTP/2 servers', 'serve HTTP/1.1, with HTTP/2 in a proxy before it');
    // The host speaks TLS, so it would take those bytes for a broken handshake.
    if (server instanceof TlsServer && !server.listeners('connection').some((one) => one === tlsListener()))
      throw notAdopted(
        'TLS servers that read what comes before TLS',
        'let the proxy before it speak TLS, and read what it says in a server without',
      );
    const { options, callback } = readArguments(args);
    if (server.listening)
      throw Object.assign(new Error('Listen method has been called more than once without closing.'), {
        code: 'ERR_SERVER_ALREADY_LISTEN',
      });
    if (callback) server.once('listening', callback);
    const place = callerFile(this.#isOwn);
    const request: ListenRequest = {
      ...requestOf(options),
      scheme: schemeOf(server),
      ...(place && { calledAt: `${place.file}:${place.line}:${place.column}` }),
      ...(server instanceof TlsServer && { tls: this.#tls.requestOf(server) }),
    };
    // The host has made the error, so it needs the stack of this call.
    const asked = new Error('listen');
    let hasReturned = false;
    const parts = server as unknown as ServerParts;
    const { _listeningId: begun } = parts;
    const callbacks: ListenCallbacks = {
      opened: (listening) => {
        // The app may have closed it meanwhile.
        if (parts._listeningId !== begun) {
          this.#host.close(listening.key, false);
          return this.#queue.answered(server);
        }
        this.#requests.set(server, { key: listening.key, request });
        this.#opened(server, listening, options);
        // The app may have changed its settings since the request.
        if (hasReturned && server instanceof TlsServer) this.#changed(server);
        const tell = (): void => void (server.listening && server.emit('listening'));
        // The platform tracks connections of an HTTP server from this event on, so it must be emitted before they arrive, but not
        // before `listen` returns.
        if (!hasReturned) process.nextTick(tell);
        try {
          if (hasReturned) tell();
        } finally {
          // A listener may throw, as in a process, and the app may go on after that.
          this.#queue.answered(server);
        }
      },
      refused: (error) => {
        error.stack = (asked.stack ?? '').replace(/^.*/, () => String(error));
        setImmediate(() => {
          try {
            server.emit('error', error);
          } finally {
            // An error without a listener is thrown, as in a process, and the app may go on after that.
            this.#queue.answered(server);
          }
        });
      },
    };
    this.#queue.add(server, () => this.#host.listen(request, callbacks));
    hasReturned = true;
    return server;
  }

  #opened(server: Server, { key, address }: Listening, { signal }: ListenOptions): void {
    this.#servers.set(key, server);
    (server as unknown as ServerParts)._handle = new AdoptedHandle(address, () => {
      this.#servers.delete(key);
      this.#host.close(key, typeof address === 'string');
    });
    if (typeof address === 'string') {
      Object.assign(server, { _pipeName: address });
      this.#sockets.add(resolve(address));
    }
    signal?.addEventListener('abort', () => server.close(), { once: true });
    if (signal?.aborted) server.close();
  }
}

function schemeOf(server: Server): NonNullable<ListenRequest['scheme']> {
  if (server instanceof HttpsServer) return 'https';
  if (server instanceof HttpServer) return 'http';
  return server instanceof TlsServer ? 'tls' : 'tcp';
}
