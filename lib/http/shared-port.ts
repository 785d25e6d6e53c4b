import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { SocketOptions } from '../sockets/host/socket-end.js';
import { Clients } from './clients.js';
import { connectUpgrade } from './connect-upgrade.js';
import type { HttpTunnels } from './http-tunnels.js';
import { mountFor, type Mount } from './mounts.js';
import { nodeOptions } from './node-options.js';
import type { ServeSettings } from './options.js';
import type { Port } from './port.js';
import { rawResponse } from './raw-response.js';
import { readHeadsFirst } from './shared/read-heads-first.js';
import { socketOptions } from './socket-options.js';
import { answerStatus } from './thread/answer.js';

/**
 * A port that several plugins share: each request goes to the plugin mounted at its path. Of a plain request only the head is
 * read here; the others are parsed. Requests that take a carrier of the host along are written anew, so all of those are parsed.
 */
export function createSharedPort(
  settings: ServeSettings,
  mounts: readonly Mount[],
  tunnelsOf: (plugin: string) => HttpTunnels,
): Port {
  const clients = new Map(mounts.map((mount) => [mount, new Clients(tunnelsOf(mount.plugin))]));
  const answer = (req: IncomingMessage, res: ServerResponse, expectsContinue: boolean): void => {
    const found = mountFor(mounts, req.url ?? '/');
    if (!found) return answerStatus(res, 404);
    const { mount, target } = found;
    return clients.get(mount)?.ask(req, res, { mount: mount.prefix, target, expectsContinue });
  };
  const options = nodeOptions(settings);
  const server = settings.tls ? createTlsServer({ ...options, ...settings.tls }) : createServer(options);
  server.on('request', (req, res) => answer(req, res, false));
  server.on('upgrade', (req, socket, head: Buffer) => {
    const found = mountFor(mounts, req.url ?? '/');
    if (!found) {
      // The server has removed its own error listener: a client that disconnects now would end the process.
      socket.on('error', () => {});
      socket.end(rawResponse(404));
      return;
    }
    const { mount, target } = found;
    connectUpgrade(req, socket as Socket, head, {
      tunnels: tunnelsOf(mount.plugin),
      mount: mount.prefix,
      target,
    });
  });
  server.on('checkContinue', (req, res) => answer(req, res, true));
  if (mounts.some(({ plugin }) => tunnelsOf(plugin).makesCarriers)) return { server, stop: () => {} };
  const { headersTimeout = 0, keepAliveTimeout = 0 } = settings;
  const taken = new Map(mounts.map((mount) => [mount, socketOptions(tunnelsOf(mount.plugin))]));
  const optionsFor = (mount: Mount): SocketOptions => taken.get(mount) as SocketOptions;
  const event = settings.tls ? 'secureConnection' : 'connection';
  const stop = readHeadsFirst(server, event, { mounts, headersTimeout, keepAliveTimeout, optionsFor });
  return { server, stop };
}
