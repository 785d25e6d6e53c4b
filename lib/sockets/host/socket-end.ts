import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { PeerAddresses } from '../../core/peer-addresses.js';
import { setTimeout } from '../../core/timers.js';
import type { Bytes, KeepAlive, PeerFacts, TlsFacts } from '../protocol.js';
import { Connection, type Placement } from './connection.js';
import type { HostEnd } from './host-end.js';

/** Options for accepting the connections of sockets. */
export interface SocketOptions extends Placement {
  /**
   * Returns the bytes that answer a request which no thread will answer because of `cause`; `undefined`: the connection is reset.
   */
  refusal(cause: unknown): string | undefined;
  /** Takes a socket that a thread has left to the host, with bytes that have arrived and were not used. */
  take?(socket: Socket, bytes: readonly Bytes[], purpose: unknown): void;
}

/** Gives the bytes of a socket to the thread that `options` chooses. The caller still sees its 'close'. */
export function connectSocket(socket: Socket, options: SocketOptions, label?: unknown): Connection {
  let code: string | undefined;
  const listeners = {
    data: (chunk: Buffer) => connection.received(chunk),
    end: () => connection.ended(),
    drain: () => connection.drained(),
    error: (error: NodeJS.ErrnoException) => {
      code = error.code ?? 'ECONNRESET';
    },
    close: () => connection.closed(code),
  };
  const end = new SocketEnd(socket, {
    refusal: (cause) => options.refusal(cause),
    take: (bytes, purpose) => {
      for (const [event, listener] of Object.entries(listeners)) socket.off(event, listener);
      if (options.take) options.take(socket, bytes, purpose);
      else socket.destroy();
    },
  });
  const connection = new Connection(end, { ...factsOf(socket), label }, options);
  for (const [event, listener] of Object.entries(listeners)) socket.on(event, listener);
  connection.place();
  return connection;
}

/** Time for which a peer may keep sending after it was refused, in milliseconds. */
const LINGER_MS = 1_000;

/** Time for which a peer may take none of the bytes that are left for it when its connection closes, in milliseconds. */
const STALLED_MS = 60_000;

/** An undocumented property of a socket, which the platform looks at for its own time-outs. */
interface SocketParts {
  readonly _handle?: { readonly writeQueueSize?: number } | null;
}

/** Operations that a socket cannot do by itself. */
interface SocketSteps extends Pick<SocketOptions, 'refusal'> {
  take?(bytes: readonly Bytes[], purpose: unknown): void;
}

/** The host's end of a connection that is a socket. */
export class SocketEnd implements HostEnd {
  readonly #socket: Socket;
  readonly #steps: SocketSteps;

  constructor(socket: Socket, steps: SocketSteps) {
    this.#socket = socket;
    this.#steps = steps;
  }

  write(bytes: Bytes, reuse: (bytes: Uint8Array) => void): boolean {
    const socket = this.#socket;
    if (socket.destroyed) return true;
    return typeof bytes === 'string'
      ? socket.write(bytes, 'latin1')
      : socket.write(bytes, () => reuse(bytes));
  }

  end(): void {
    this.#socket.end();
  }

  close(reason: string | undefined): void {
    const socket = this.#socket;
    if (reason !== undefined) reset(socket);
    else if (socket.writableEnded || socket.writableLength > 0) {
      // Earlier bytes must still arrive: what a thread has sent is written for it, as for a process what the system has taken.
      socket.setTimeout(STALLED_MS, () => socket.destroy());
      socket.destroySoon();
    } else socket.destroy();
  }

  refuse(cause: unknown): void {
    const socket = this.#socket;
    const answer = this.#steps.refusal(cause);
    if (answer === undefined) return reset(socket);
    socket.end(answer, 'latin1');
    // Closing a socket while the peer still sends would lose the last bytes written to it.
    socket.resume();
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  }

  take(bytes: readonly Bytes[], purpose: unknown): void {
    if (this.#steps.take) this.#steps.take(bytes, purpose);
    else this.#socket.destroy();
  }

  keepAlive({ enable, initialDelay }: KeepAlive): void {
    this.#socket.setKeepAlive(enable, initialDelay);
  }

  get unsentBytes(): number {
    const { writableLength, _handle } = this.#socket as Socket & SocketParts;
    // What waits here changes only when a whole piece is written, what the system has yet to take changes with each part of it.
    return writableLength + (_handle?.writeQueueSize ?? 0);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }
}

/** Ends a connection as the system does that of a process that dies. */
function reset(socket: Socket): void {
  try {
    socket.resetAndDestroy();
  } catch {
    // The platform resets only TCP connections: not those that speak TLS, nor those of Unix sockets and pipes.
    socket.destroy();
  }
}

/** Returns the addresses of both ends of a socket. */
export function addressesOf(socket: Socket): PeerAddresses {
  const { remoteAddress, remotePort, remoteFamily, localAddress, localPort, localFamily } = socket;
  return { remoteAddress, remotePort, remoteFamily, localAddress, localPort, localFamily };
}

/** Returns the platform's facts about a socket's peer. */
export function factsOf(socket: Socket): PeerFacts {
  return {
    ...addressesOf(socket),
    tls: 'encrypted' in socket ? tlsFacts(socket as TLSSocket) : undefined,
  };
}

function tlsFacts(socket: TLSSocket): TlsFacts {
  return {
    protocol: socket.getProtocol(),
    cipher: socket.getCipher(),
    servername: (socket as { servername?: string | false | null }).servername ?? null,
    alpnProtocol: socket.alpnProtocol,
    authorized: socket.authorized,
    // The types say an error, but the value is an error code or null.
    authorizationError: socket.authorizationError,
    isSessionReused: socket.isSessionReused(),
    peerCertificate: socket.getPeerCertificate(true),
    finished: ownBytes(socket.getFinished()),
    peerFinished: ownBytes(socket.getPeerFinished()),
    session: ownBytes(socket.getSession()),
    sharedSigalgs: socket.getSharedSigalgs(),
  };
}

/** Copies bytes that may lie in a larger buffer, which would cross with them. */
function ownBytes(bytes: Uint8Array | undefined): Uint8Array | undefined {
  return bytes && Uint8Array.from(bytes);
}
