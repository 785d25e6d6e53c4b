import { Server, type ListenOptions, type Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { Waiters } from '../core/waiters.js';
import type { ListenAddress, ListenRequest } from '../surface/listen.js';
import { AdoptedHandle } from './adopted-handle.js';
import { notAdopted } from './not-adopted.js';

/** The host's half: it listens, and gives the connections to the versions of the app. */
export interface ListenHost {
  /** Opens an address, or finds it open. */
  listen(request: ListenRequest, callbacks: ListenCallbacks): void;
  close(key: string): void;
}

/** Receives the outcome of a request to listen, at once: connections may follow. */
export interface ListenCallbacks {
  opened(listening: Listening): void;
  /** With the platform's error. */
  refused(error: Error): void;
}

/** An address that is open for a server. */
export interface Listening {
  /** The key that its connections carry. */
  readonly key: string;
  readonly address: ListenAddress;
}

/** Undocumented properties of a server. */
interface ServerParts {
  _handle: unknown;
  _connections: number;
}

interface SocketParts {
  server: Server;
  _server: Server;
}

/** Classes of servers whose connections need a handle of the platform; `node:http2` does not export them. */
const HTTP2 = new Set(['Http2Server', 'Http2SecureServer']);

type Listen = (this: Server, ...args: unknown[]) => Server;

/** Servers of the app whose addresses the host has: `listen` asks it, and the connections of an address go to its server. */
export class AdoptedServers {
  readonly #host: ListenHost;
  readonly #servers = new Map<string, Server>();
  /** Number of unanswered `listen` requests. */
  #opening = 0;
  readonly #waiters = new Waiters();

  constructor(host: ListenHost) {
    this.#host = host;
    const adopt = (server: Server, args: unknown[]): Server => this.#listen(server, args);
    const listen: Listen = function (...args) {
      return adopt(this, args);
    };
    Server.prototype.listen = listen as Server['listen'];
  }

  /** Resolves when every `listen` has been answered. */
  async settled(): Promise<void> {
    if (this.#opening > 0) await this.#waiters.wait();
  }

  /** The server that listens at an address of the host; `undefined` when it has been closed. */
  at(key: string): Server | undefined {
    return this.#servers.get(key);
  }

  /** Counts a connection as the platform does, so that `close()` waits for it. Returns the event that servers of this kind begin with. */
  admit(server: Server, socket: Socket): 'connection' | 'secureConnection' {
    (server as unknown as ServerParts)._connections++;
    Object.assign(socket, { server, _server: server } satisfies SocketParts);
    return server instanceof TlsServer ? 'secureConnection' : 'connection';
  }

  #listen(server: Server, args: unknown[]): Server {
    if (HTTP2.has(server.constructor.name)) throw notAdopted('HTTP/2 servers');
    const { options, callback } = readArguments(args);
    if (server.listening)
      throw Object.assign(new Error('Listen method has been called more than once without closing.'), {
        code: 'ERR_SERVER_ALREADY_LISTEN',
      });
    if (callback) server.once('listening', callback);
    this.#opening++;
    this.#host.listen(requestOf(options, server), {
      opened: (listening) => {
        this.#opened(server, listening, options);
        this.#answered();
      },
      refused: (error) => {
        // As in a process, an error without a listener is thrown.
        setImmediate(() => {
          server.emit('error', error);
          this.#answered();
        });
      },
    });
    return server;
  }

  #answered(): void {
    if (--this.#opening > 0) return;
    this.#waiters.release();
  }

  #opened(server: Server, { key, address }: Listening, { signal }: ListenOptions): void {
    this.#servers.set(key, server);
    (server as unknown as ServerParts)._handle = new AdoptedHandle(address, () => {
      this.#servers.delete(key);
      this.#host.close(key);
    });
    if (typeof address === 'string') Object.assign(server, { _pipeName: address });
    signal?.addEventListener('abort', () => server.close(), { once: true });
    if (signal?.aborted) server.close();
    else server.emit('listening');
  }
}

function requestOf(
  { host, path, backlog, ipv6Only, ...given }: ListenOptions,
  server: Server,
): ListenRequest {
  // It is often a string, such as a value of the environment.
  const port: unknown = given.port ?? 0;
  return {
    ...(path === undefined && { port: Number(port) }),
    ...(host !== undefined && { host }),
    ...(path !== undefined && { path }),
    ...(backlog !== undefined && { backlog }),
    ...(ipv6Only !== undefined && { ipv6Only }),
    ...(server instanceof TlsServer && { tls: tlsOptionsOf(server) }),
  };
}

/** The parts of a TLS server's options that are plain: what the host needs to speak for it. */
function tlsOptionsOf(server: TlsServer): Readonly<Record<string, unknown>> {
  const names = ['pfx', 'key', 'passphrase', 'cert', 'ca', 'ciphers', 'ecdhCurve', 'dhparam', 'crl'];
  const more = [
    'minVersion',
    'maxVersion',
    'sigalgs',
    'requestCert',
    'rejectUnauthorized',
    'honorCipherOrder',
  ];
  const parts = server as unknown as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    [...names, ...more].flatMap((name) => (parts[name] === undefined ? [] : [[name, parts[name]]])),
  );
}

/** The forms that `listen` takes its arguments in. @throws a TypeError for what is not adopted, by name */
function readArguments(args: unknown[]): { options: ListenOptions; callback?: () => void } {
  const last = args.at(-1);
  const rest = typeof last === 'function' ? args.slice(0, -1) : args;
  const options = optionsOf(rest.filter((one) => one !== undefined && one !== null));
  return { options, ...(typeof last === 'function' && { callback: last as () => void }) };
}

function optionsOf([first, second, third]: unknown[]): ListenOptions {
  if (typeof first === 'object' && first !== null) {
    if ('fd' in first || '_handle' in first || 'handle' in first) throw notAdopted('listening on a handle');
    return first;
  }
  const port = first === undefined ? 0 : Number(first);
  if (typeof first === 'string' && Number.isNaN(port)) {
    return { path: first, ...(typeof second === 'number' && { backlog: second }) };
  }
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw Object.assign(
      new RangeError(`options.port should be >= 0 and < 65536. Received ${String(first)}.`),
      {
        code: 'ERR_SOCKET_BAD_PORT',
      },
    );
  }
  const backlog = typeof second === 'number' ? second : third;
  return {
    port,
    ...(typeof second === 'string' && { host: second }),
    ...(typeof backlog === 'number' && { backlog }),
  };
}
