import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { checkSwapper } from '../swap/check-swapper.js';
import type { Swapper } from '../swap/swapper.js';
import { Clients } from './clients.js';
import { connectUpgrade } from './connect-upgrade.js';
import { HttpTunnels } from './http-tunnels.js';
import { resolveHandlerOptions, httpSettings, type HandlerOptions } from './options.js';

/** Answers Node's requests with the web app of a plugin, whichever version of it is current. */
export interface NodeRequestHandler {
  /** Answers a request. */
  (req: IncomingMessage, res: ServerResponse): void;
  /** Answers upgrades to WebSockets: `server.on('upgrade', handler.upgrade)`. */
  readonly upgrade: (req: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Stops accepting; open requests and connections finish. Not needed when the swapper is closed. */
  close(): Promise<void>;
}

/**
 * Creates a handler for your own server, or for a framework: the part of the path that a framework has removed is `env.mount`.
 *
 * @example
 * app.use('/api', toNodeHandler(swapper, { plugin: 'api' }));
 * @throws LiveswapError `OPTION_INVALID`
 */
export function toNodeHandler(swapper: Swapper, options: HandlerOptions): NodeRequestHandler {
  checkSwapper(swapper);
  const settings = resolveHandlerOptions(options);
  const tunnels = new HttpTunnels(swapper, settings.plugin, httpSettings(settings));
  tunnels.openCurrent().catch(() => {});
  const clients = new Clients(tunnels);
  const handler = (req: IncomingMessage, res: ServerResponse): void => {
    const mount = (req as { readonly baseUrl?: string }).baseUrl || '/';
    clients.ask(req, res, { mount, target: req.url ?? '/', expectsContinue: false });
  };
  const upgrade = (req: IncomingMessage, socket: Duplex, head: Buffer): void =>
    connectUpgrade(req, socket as Socket, head, { tunnels, mount: '/', target: req.url ?? '/' });
  return Object.assign(handler, { upgrade, close: () => tunnels.stop() });
}
