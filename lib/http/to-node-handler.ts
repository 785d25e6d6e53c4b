import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Swapper } from '../swap/swapper.js';
import { Clients } from './clients.js';
import { HttpTunnels } from './http-tunnels.js';
import { resolveHandlerOptions, threadOptions, type HandlerOptions } from './options.js';

/** Answers Node's requests with the web app of a plugin, whichever version of it is current. */
export interface NodeRequestHandler {
  (req: IncomingMessage, res: ServerResponse): void;
  /** Takes nothing any more; what is open comes to its end. Not needed when the swapper is closed. */
  close(): void;
}

/**
 * A handler for a server of one's own, or for a framework: the part of the path that a framework has taken off is `env.mount`.
 *
 * @example
 * app.use('/api', toNodeHandler(swapper, { plugin: 'api' }));
 * @throws LiveswapError `OPTION_INVALID`
 */
export function toNodeHandler(swapper: Swapper, options: HandlerOptions): NodeRequestHandler {
  const settings = resolveHandlerOptions(options);
  const tunnels = new HttpTunnels(swapper, settings.plugin, threadOptions(settings));
  tunnels.openCurrent().catch(() => {});
  const clients = new Clients(tunnels);
  const handler = (req: IncomingMessage, res: ServerResponse): void => {
    const mount = (req as { readonly baseUrl?: string }).baseUrl || '/';
    clients.ask(req, res, { mount, target: req.url ?? '/', expectsContinue: false });
  };
  return Object.assign(handler, { close: () => tunnels.stop() });
}
