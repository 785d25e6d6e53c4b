import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { Clients } from './clients.js';
import { connectUpgrade } from './connect-upgrade.js';
import type { HttpTunnels } from './http-tunnels.js';
import { mountFor, type Mount } from './mounts.js';
import { nodeOptions, type ServeSettings } from './options.js';
import { rawResponse } from './raw-response.js';
import { answerStatus } from './thread/answer.js';

/** A port that several plugins share: requests are parsed here, and each goes to the plugin mounted at its path. */
export function createParsedPort(
  settings: ServeSettings,
  mounts: readonly Mount[],
  tunnelsOf: (plugin: string) => HttpTunnels,
): Server {
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
  return server;
}
