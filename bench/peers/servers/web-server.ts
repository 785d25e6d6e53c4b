import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { serve as serveInProcess } from '@hono/node-server';
import { WebSocketServer } from 'ws';
import { serve } from '../../../lib/http/index.js';
import { Swapper } from '../../../lib/index.js';
import { artifactFileName } from '../../../lib/manifest/artifact.js';
import type { ArtifactModule } from '../../../lib/plugin/artifact-module.js';
import type { ServerMessage } from './reloadable-server.js';

/** Task of a server of a web app. */
export interface WebTask {
  /** Folder of the artifacts. */
  readonly folder: string;
  readonly plugin: string;
  /** Way of serving: as a plugin that owns the port, as one of two mounts, or the same app in process. */
  readonly answeredBy: 'liveswap' | 'mounted' | 'in process';
}

const { folder, plugin, answeredBy } = JSON.parse(process.argv[2] as string) as WebTask;
const tell = (message: ServerMessage): boolean | undefined => process.send?.(message);

/** Answers what the bench asks of any server. */
function tellUsage(message: unknown): void {
  const { user, system } = process.cpuUsage();
  if (message === 'memory') tell({ kind: 'memory', bytes: process.memoryUsage().rss });
  if (message === 'computed') tell({ kind: 'computed', micros: user + system });
}

const port = answeredBy === 'in process' ? await inProcess() : await throughSwapper();
tell({ kind: 'listening', port });
process.on('message', tellUsage);
process.on('disconnect', () => process.exit());

async function throughSwapper(): Promise<number> {
  const swapper = new Swapper(folder);
  await swapper.load();
  const mount = answeredBy === 'mounted' ? { '/': plugin, '/elsewhere': plugin } : { '/': plugin };
  const server = await serve(swapper, { port: 0, hostname: '127.0.0.1', mount });
  process.on('message', async (message) => {
    if (message !== 'reload') return;
    await swapper.reload();
    tell({ kind: 'reloaded' });
  });
  return server.port;
}

async function inProcess(): Promise<number> {
  const url = pathToFileURL(join(folder, artifactFileName(plugin))).href;
  const { http } = ((await import(url)) as ArtifactModule).plugin as { http: { fetch: never } };
  const server = serveInProcess({ fetch: http.fetch, port: 0, hostname: '127.0.0.1' }) as Server;
  new WebSocketServer({ server }).on('connection', (socket) => {
    socket.on('message', (data: Buffer) => socket.send(data.toString()));
  });
  if (!server.listening) await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
