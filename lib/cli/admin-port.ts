import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NodeRequest, sendNodeResponse } from 'srvx/node';
import { adminHandler, type AdminHandler } from '../admin/admin-handler.js';
import { newToken } from '../admin/options.js';
import { messageOf } from '../core/errors.js';
import { listenOn } from '../core/listen-on.js';
import { METRICS_CONTENT_TYPE } from '../observe/metrics.js';
import type { Swapper } from '../swap/swapper.js';

/** A port for monitoring the process: the admin page, liveness, readiness and metrics. */
export interface AdminPort {
  readonly url: string;
  /** Address of the admin page, with the token that it needs. */
  readonly page: string;
  close(): Promise<void>;
}

/**
 * Opens the port.
 *
 * @param isOpen whether the process takes requests: it is not ready before, nor while an app does not listen again.
 * @throws an error with the facts of the platform's when the port cannot be opened
 */
export async function openAdminPort(
  swapper: Swapper,
  port: number,
  hostname: string,
  isOpen: () => boolean = () => true,
): Promise<AdminPort> {
  const token = newToken();
  const admin = adminHandler(swapper, { allow: ['reload', 'rollback'], token, hosts: [hostname] });
  const whyNot = (): string | undefined => whyUnready(swapper) ?? (isOpen() ? undefined : 'not listening');
  const server = createServer((req, res) => {
    // An error here would end the process, and with it all that it serves.
    answer({ swapper, admin, whyNot }, req, res).catch((error: unknown) => refuse(res, error));
  });
  await listenOn(server, port, hostname);
  const { address, port: bound } = server.address() as AddressInfo;
  const host = address.includes(':') ? `[${address}]` : address;
  const url = `http://${host}:${bound}/`;
  return {
    url,
    page: `${url}?token=${token}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Everything that the port needs for its answers. */
interface Answering {
  readonly swapper: Swapper;
  readonly admin: AdminHandler;
  /** Returns the reason why requests should go elsewhere, if there is one. */
  readonly whyNot: () => string | undefined;
}

async function answer(
  { swapper, admin, whyNot }: Answering,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  // A client may ask for a path that is no address, such as `//`.
  const pathname = (req.url ?? '/').replace(/[?#].*/s, '');
  if (/^\/(events|reload|rollback)?$/.test(pathname))
    return sendNodeResponse(res, await admin(new NodeRequest({ req, res })));
  if (req.method !== 'GET' && req.method !== 'HEAD') return reply(res, 405, 'Method Not Allowed');
  switch (pathname) {
    case '/-/live':
      return reply(res, 200, 'ok');
    case '/-/health': {
      const why = whyNot();
      return why === undefined ? reply(res, 200, 'ok') : reply(res, 503, why);
    }
    case '/-/metrics':
      return reply(res, 200, swapper.metrics(), METRICS_CONTENT_TYPE);
    default:
      return reply(res, 404, 'Not Found');
  }
}

/** Returns why requests should go elsewhere, or `undefined` when the process is ready. */
function whyUnready(swapper: Swapper): string | undefined {
  if (swapper.ending.aborted) return 'closing';
  if (swapper.stats().generation === undefined) return 'nothing is loaded';
  const failed = swapper.current.plugins.filter(({ state }) => state === 'failed').map(({ name }) => name);
  if (failed.length > 0) return `failed: ${failed.join(', ')}`;
  const asleep = swapper
    .stats()
    .plugins.filter(({ versions }) => versions.some(({ activity }) => activity === 'asleep'))
    .map(({ plugin }) => plugin);
  return asleep.length > 0 ? `not active: ${asleep.join(', ')}` : undefined;
}

function refuse(res: ServerResponse, error: unknown): void {
  if (res.headersSent) res.destroy();
  else reply(res, 500, messageOf(error));
}

function reply(res: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8'): void {
  res.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(`${text.trimEnd()}\n`);
}
