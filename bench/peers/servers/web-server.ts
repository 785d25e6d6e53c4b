import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { serve as serveInProcess } from '@hono/node-server';
import { WebSocketServer, type WebSocket } from 'ws';
import { serve } from '../../../lib/http/index.js';
import { Swapper } from '../../../lib/index.js';
import { artifactFileName } from '../../../lib/manifest/artifact.js';
import type { ArtifactModule } from '../../../lib/plugin/artifact-module.js';
import type { ServerMessage } from './reloadable-server.js';
import type { AskedOfWorker, HeardByWorker, SaidByWorker } from './web-worker.js';

/** Task of a server of a web app. */
export interface WebTask {
  /** Folder of the artifacts. */
  readonly folder: string;
  readonly plugin: string;
  /** Way of serving: as a plugin that owns the port, as one of two mounts, or the same app in process or in a worker. */
  readonly answeredBy: 'liveswap' | 'mounted' | 'in process' | 'bare worker';
}

const { folder, plugin, answeredBy } = JSON.parse(process.argv[2] as string) as WebTask;
const tell = (message: ServerMessage): boolean | undefined => process.send?.(message);

/** Answers the questions that the bench asks any server. */
function tellUsage(message: unknown): void {
  const { user, system } = process.cpuUsage();
  if (message === 'memory') tell({ kind: 'memory', bytes: process.memoryUsage().rss });
  if (message === 'computed') tell({ kind: 'computed', micros: user + system });
}

const port = await open();
tell({ kind: 'listening', port });
process.on('message', tellUsage);
process.on('disconnect', () => process.exit());

function open(): Promise<number> {
  if (answeredBy === 'in process') return inProcess();
  return answeredBy === 'bare worker' ? inWorker() : throughSwapper();
}

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
  const { http } = ((await import(artifactUrl())) as ArtifactModule).plugin as { http: { fetch: never } };
  const server = serveInProcess({ fetch: http.fetch, port: 0, hostname: '127.0.0.1' }) as Server;
  new WebSocketServer({ server }).on('connection', (socket) => {
    socket.on('message', (data: Buffer) => socket.send(data.toString()));
  });
  if (!server.listening) await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Serves by a hand-written solution: the host parses, and passes requests and messages on as it gets them. */
async function inWorker(): Promise<number> {
  const worker = new Worker(new URL('web-worker.js', import.meta.url), { workerData: artifactUrl() });
  const asked = new Map<number, ServerResponse>();
  const sockets = new Map<number, WebSocket>();
  let last = 0;
  worker.on('message', (said: SaidByWorker) => {
    if (said.length === 2) return sockets.get(said[0])?.send(said[1]);
    const [id, status, headers, body] = said;
    asked.get(id)?.writeHead(status, headers.flat()).end(Buffer.from(body));
    asked.delete(id);
  });
  const server = createServer(async (req, res) => {
    const id = ++last;
    asked.set(id, res);
    const { method = 'GET', url = '/', headers } = req;
    const body = method === 'POST' ? new Uint8Array(await buffer(req)) : undefined;
    const given = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
    worker.postMessage([id, method, url, given, body] satisfies AskedOfWorker, body ? [body.buffer] : []);
  });
  new WebSocketServer({ server }).on('connection', (socket) => {
    const id = ++last;
    sockets.set(id, socket);
    socket.on('message', (data: Buffer) => worker.postMessage([id, data.toString()] satisfies HeardByWorker));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function artifactUrl(): string {
  return pathToFileURL(join(folder, artifactFileName(plugin))).href;
}
