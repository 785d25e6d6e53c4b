import type { Server } from 'node:http';
import type { CrossedSocket } from './crossed-socket.js';

const TOO_SLOW = 'ERR_HTTP_REQUEST_TIMEOUT';

/** The platform's HTTP servers set this on each of their sockets, and report errors of the connection there. */
interface Served {
  server: Server;
}

/**
 * Spares a connection that another server has kept the time-out of requests, as long as nothing has arrived: a server takes every
 * connection for a new one, and ends it if no head comes in time. Its parser could be taken off the list of the server instead, but
 * from Node 24 on it never gets on that list again.
 */
export function waitPatiently(socket: CrossedSocket, server: Server): void {
  const listeners = socket.listeners('error') as ((error: Error) => void)[];
  const emit = (event: string, ...args: unknown[]): boolean => {
    const [error] = args as [NodeJS.ErrnoException?];
    if (event !== 'clientError' || error?.code !== TOO_SLOW || !socket.arrivals.isFresh)
      return server.emit(event, ...args);
    // The server reports one error of a connection, and removes its listener before.
    for (const listener of listeners)
      if (!socket.listeners('error').includes(listener)) socket.on('error', listener);
    return true;
  };
  servedOf(socket).server = Object.create(server, { emit: { value: emit } }) as Server;
}

/** Ends {@link waitPatiently}: a request has come. */
export function waitNoMore(socket: CrossedSocket, server: Server): void {
  servedOf(socket).server = server;
}

function servedOf(socket: CrossedSocket): Served {
  return socket as unknown as Served;
}
