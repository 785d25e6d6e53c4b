import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { METRICS_CONTENT_TYPE } from '../../observe/metrics.js';
import type { Swapper } from '../../swap/swapper.js';

/** A port for monitoring the process: its liveness, its readiness and its metrics. */
export interface HealthPort {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Opens the port.
 *
 * @throws the platform's error when the port cannot be opened
 */
export async function openHealthPort(swapper: Swapper, port: number, hostname: string): Promise<HealthPort> {
  const server = createServer((req, res) => answer(swapper, req, res));
  const listening = once(server, 'listening');
  server.listen(port, hostname);
  await listening;
  const { address, port: bound } = server.address() as AddressInfo;
  const host = address.includes(':') ? `[${address}]` : address;
  return {
    url: `http://${host}:${bound}/`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function answer(swapper: Swapper, req: IncomingMessage, res: ServerResponse): void {
  const { pathname } = new URL(req.url ?? '/', 'http://localhost');
  if (req.method !== 'GET' && req.method !== 'HEAD') return reply(res, 405, 'Method Not Allowed');
  switch (pathname) {
    case '/-/live':
      return reply(res, 200, 'ok');
    case '/-/health': {
      const why = whyUnready(swapper);
      return why === undefined ? reply(res, 200, 'ok') : reply(res, 503, why);
    }
    case '/-/metrics':
      return reply(res, 200, swapper.metrics(), METRICS_CONTENT_TYPE);
    default:
      return reply(res, 404, 'Not Found');
  }
}

/** Returns the reason why requests should go elsewhere; `undefined` when the process is ready. */
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

function reply(res: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8'): void {
  res.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(`${text.trimEnd()}\n`);
}
