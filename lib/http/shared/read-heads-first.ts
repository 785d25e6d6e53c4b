import type { Server, Socket } from 'node:net';
import { SharedSocket, type SharedSocketDeps } from './shared-socket.js';

/**
 * Makes each connection of an HTTP server a {@link SharedSocket} first; the parser receives those whose requests are not plain.
 * Returns a function that closes the connections without a request.
 */
export function readHeadsFirst(
  server: Server,
  event: 'connection' | 'secureConnection',
  deps: Omit<SharedSocketDeps, 'parse' | 'onBegun'>,
): () => void {
  const parsers = server.listeners(event);
  server.removeAllListeners(event);
  const silent = new Set<SharedSocket>();
  const all: SharedSocketDeps = {
    ...deps,
    parse: (socket) => {
      for (const parser of parsers) parser.call(server, socket);
    },
    onBegun: (shared) => void silent.delete(shared),
  };
  server.on(event, (socket: Socket) => silent.add(new SharedSocket(socket, all)));
  return () => {
    for (const shared of silent) shared.close();
  };
}
