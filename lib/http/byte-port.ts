import { createServer, type Socket } from 'node:net';
import { createHalfOpenTlsServer } from '../sockets/host/half-open-tls.js';
import { connectSocket } from '../sockets/host/socket-end.js';
import type { HttpTunnels } from './http-tunnels.js';
import { connectionOptions } from './node-options.js';
import type { ServeSettings } from './options.js';
import type { Port } from './port.js';
import { socketOptions } from './socket-options.js';

/** A port that one plugin owns: bytes go to its threads without being parsed here. */
export function createBytePort(settings: ServeSettings, tunnels: HttpTunnels): Port {
  const { tls } = settings;
  const taken = socketOptions(tunnels);
  const accept = (socket: Socket): void => void connectSocket(socket, taken);
  // The platform's HTTP servers set `allowHalfOpen`, too.
  const options = { allowHalfOpen: true, ...connectionOptions(settings) };
  const server = tls
    ? createHalfOpenTlsServer({ ...options, ...tls }, accept)
    : createServer(options, accept);
  // Every connection belongs to a tunnel, from its beginning on.
  return { server, stop: () => {} };
}
