import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { connectSocket } from '../sockets/host/socket-end.js';
import type { HttpTunnels } from './http-tunnels.js';
import type { ServeSettings } from './options.js';
import { rawResponse } from './raw-response.js';
import { statusOf } from './status-of.js';

/** A port that one plugin owns: what comes is not parsed here, its bytes go to the threads. */
export function createBytePort({ tls }: ServeSettings, { switchboard }: HttpTunnels): Server {
  const accept = (socket: Socket): void => {
    connectSocket(socket, {
      place: (connection) => switchboard.place(connection),
      refusal: (cause) => rawResponse(statusOf(cause)),
    });
  };
  // As the platform's HTTP servers have it.
  const options = { allowHalfOpen: true, noDelay: true };
  return tls ? createTlsServer({ ...options, ...tls }, accept) : createServer(options, accept);
}
