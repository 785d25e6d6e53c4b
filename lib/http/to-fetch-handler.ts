import { STATUS_CODES } from 'node:http';
import { checkRequest } from '../core/check-request.js';
import { checkSwapper } from '../swap/check-swapper.js';
import type { Swapper } from '../swap/swapper.js';
import { Channels } from './exchange/channel.js';
import { FetchExchange } from './exchange/fetch-exchange.js';
import { HttpTunnels } from './http-tunnels.js';
import { resolveHandlerOptions, httpSettings, type HandlerOptions } from './options.js';
import { retryHeaders, statusOf, type Statuses } from './statuses.js';
import type { ConnectionLabel } from './thread-options.js';

/** Answers requests of the Fetch API with the web app of a plugin, whichever version of it is current. */
export interface FetchRequestHandler {
  /** Answers a request. */
  (request: Request): Promise<Response>;
  /** Stops accepting; open requests and connections finish. Not needed when the swapper is closed. */
  close(): Promise<void>;
}

/**
 * A handler for tests, and for servers of other runtimes.
 *
 * @example
 * const fetch = toFetchHandler(swapper, { plugin: 'api' });
 * const response = await fetch(new Request('http://localhost/'));
 * @throws LiveswapError `OPTION_INVALID`
 */
export function toFetchHandler(swapper: Swapper, options: HandlerOptions): FetchRequestHandler {
  checkSwapper(swapper);
  const settings = resolveHandlerOptions(options);
  const tunnels = new HttpTunnels(swapper, settings.plugin, httpSettings(settings));
  tunnels.openCurrent().catch(() => {});
  const label: ConnectionLabel = { mount: '/', isParsed: true };
  const channels = new Channels({ label }, tunnels.switchboard);
  const handler = async (request: Request): Promise<Response> => {
    checkRequest(request);
    try {
      const carrier = tunnels.carrierHere();
      return await new FetchExchange(request, channels.take(), carrier).response;
    } catch (cause) {
      if (request.signal.aborted) throw cause;
      return refusal(cause, tunnels.statuses);
    }
  };
  return Object.assign(handler, { close: () => tunnels.stop() });
}

function refusal(cause: unknown, statuses: Statuses): Response {
  const status = statusOf(cause, statuses);
  return new Response(STATUS_CODES[status] ?? '', { status, headers: retryHeaders(cause) });
}
