import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { LiveswapError } from '../core/errors.js';
import { connectSocket } from '../sockets/host/socket-end.js';
import type { Swapper } from '../swap/swapper.js';
import { HttpServer } from './http-server.js';
import { HttpTunnels } from './http-tunnels.js';
import { mountsOf } from './mounts.js';
import { resolveServeOptions, threadOptions, type ServeOptions, type ServeSettings } from './options.js';
import { rawResponse } from './raw-response.js';
import { statusOf } from './status-of.js';

/**
 * Opens a port on which the web apps of loaded plugins answer. A reload under load fails no request and closes no connection.
 *
 * @example
 * const server = await serve(swapper, { port: 8080 });
 * @throws LiveswapError `OPTION_INVALID`, `NOT_LOADED`, `CLOSED`, `HOOK_FAILED`; what the platform says of a port that it cannot open
 */
export async function serve(swapper: Swapper, options: ServeOptions = {}): Promise<HttpServer> {
  const settings = resolveServeOptions(options);
  const mounts = mountsOf(settings.mount, swapper.current);
  const [only] = mounts;
  if (!only || mounts.length > 1 || only.prefix !== '/') throw new Error('Not yet.');
  const tunnels = await HttpTunnels.open(swapper, only.plugin, threadOptions(settings));
  const server = createPort(settings, (socket) => {
    connectSocket(socket, {
      place: (connection) => tunnels.switchboard.place(connection),
      refusal: (cause) => rawResponse(statusOf(cause)),
    });
  });
  const parts = {
    server,
    isEncrypted: settings.tls !== undefined,
    stop: () => tunnels.stop(),
    cut: () => tunnels.cut(new LiveswapError('CLOSED', 'This server is destroyed.')),
  };
  try {
    await listen(server, settings);
  } catch (error) {
    parts.stop();
    throw error;
  }
  const opened = new HttpServer(parts);
  swapper.ending.addEventListener('abort', () => void opened.close(), { once: true });
  return opened;
}

function createPort({ tls }: ServeSettings, accept: (socket: Socket) => void): Server {
  // As the platform's HTTP servers have it.
  const options = { allowHalfOpen: true, noDelay: true };
  return tls ? createTlsServer({ ...options, ...tls }, accept) : createServer(options, accept);
}

async function listen(server: Server, { port, hostname }: ServeSettings): Promise<void> {
  const listening = once(server, 'listening');
  server.listen(port, hostname);
  await listening;
}
