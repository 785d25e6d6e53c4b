import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { connectSocket } from '../sockets/host/socket-end.js';
import type { HttpTunnels } from './http-tunnels.js';
import type { ServeSettings } from './options.js';
import { socketOptions } from './socket-options.js';

/** A port that one plugin owns: bytes go to its threads without being parsed here. */
export function createBytePort({ tls }: ServeSettings, tunnels: HttpTunnels): Server {
  const taken = socketOptions(tunnels);
  const accept = (socket: Socket): void => void connectSocket(socket, taken);
  // The platform's HTTP servers set the same options.
  const options = { allowHalfOpen: true, noDelay: true };
  return tls ? createTlsServer({ ...options, ...tls }, accept) : createServer(options, accept);
}
