import { isIPv6, type BlockList, type Server, type Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { tlsListener } from './tls-listener.js';

/** Undocumented properties of a server. */
interface ServerParts {
  _connections: number;
  readonly maxConnections?: number;
  /** Since Node 22. */
  readonly blockList?: BlockList;
  readonly allowHalfOpen: boolean;
  readonly pauseOnConnect: boolean;
  /** The mark of its sockets, in both directions. */
  readonly highWaterMark?: number;
  readonly keepAlive: boolean;
  /** In seconds. */
  readonly keepAliveInitialDelay: number;
}

/** The platform has no other way to set the marks of a stream that exists. */
interface StreamParts {
  readonly _readableState: { highWaterMark: number };
  readonly _writableState: { highWaterMark: number };
}

interface SocketParts {
  server: Server;
  _server: Server;
}

/** Receives connections at servers of the app, as the platform does with those that it accepts itself. */
export class Admission {
  /**
   * Counts a connection as the platform does, so that `close()` waits for it. Returns the event with which servers of this kind
   * begin; `undefined` if the server has reached its maximum number of connections, or it, or its listeners, refuse this one.
   */
  admit(server: Server, socket: Socket): 'connection' | 'secureConnection' | undefined {
    const parts = server as unknown as ServerParts;
    const { maxConnections, allowHalfOpen, pauseOnConnect, keepAlive, keepAliveInitialDelay, highWaterMark } =
      parts;
    if (typeof maxConnections === 'number' && parts._connections >= maxConnections) {
      const { localAddress, localPort, localFamily, remoteAddress, remotePort, remoteFamily } = socket;
      socket.destroy();
      const local = { localAddress, localPort, localFamily };
      server.emit('drop', { ...local, remoteAddress, remotePort, remoteFamily });
      return undefined;
    }
    if (isBlocked(socket, parts)) {
      socket.destroy();
      return undefined;
    }
    parts._connections++;
    Object.assign(socket, { server, _server: server } satisfies SocketParts);
    socket.allowHalfOpen = allowHalfOpen;
    // As in a process, sockets of a TLS server have their own.
    if (highWaterMark !== undefined && !(server instanceof TlsServer)) {
      const { _readableState, _writableState } = socket as unknown as StreamParts;
      _readableState.highWaterMark = highWaterMark;
      _writableState.highWaterMark = highWaterMark;
    }
    if (pauseOnConnect) socket.pause();
    if (keepAlive) socket.setKeepAlive(true, keepAliveInitialDelay * 1_000);
    if (!(server instanceof TlsServer)) return 'connection';
    this.#announce(server, socket);
    return socket.destroyed ? undefined : 'secureConnection';
  }

  /** Shows a connection of a TLS server to the app's listeners, which may refuse the peer, but not to the platform's. */
  #announce(server: TlsServer, socket: Socket): void {
    if (server.listenerCount('connection') < 2) return;
    for (const listener of server.rawListeners('connection'))
      if (listener !== tlsListener()) listener.call(server, socket);
  }
}

function isBlocked({ remoteAddress: address }: Socket, { blockList }: ServerParts): boolean {
  return address !== undefined && blockList?.check(address, isIPv6(address) ? 'ipv6' : 'ipv4') === true;
}
