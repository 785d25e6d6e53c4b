import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes of the large download. */
export const LARGE_BYTES = 10 * 1_024 * 1_024;

const server = `
import { createServer } from 'node:http';
import { edition } from './edition.js';

const large = Buffer.alloc(${LARGE_BYTES}, 'x');
createServer((request, response) => {
  response.end(request.url === '/large' ? large : edition);
}).listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
`;

/**
 * Source of a careful rolling restart of two processes: each new one listens before an old one leaves, and keep-alive connections
 * are told to close.
 */
const primary = `
import cluster from 'node:cluster';
import { once } from 'node:events';

if (cluster.isPrimary) {
  cluster.setupPrimary({ exec: new URL('./cluster-child.js', import.meta.url).pathname });
  let children = [cluster.fork(), cluster.fork()];
  process.on('SIGHUP', async () => {
    const old = children;
    children = [];
    for (const child of old) {
      const next = cluster.fork();
      children.push(next);
      await once(next, 'listening');
      child.send('leave');
    }
  });
}
`;

const child = `
import { createServer } from 'node:http';
import { edition } from './edition.js';

const large = Buffer.alloc(${LARGE_BYTES}, 'x');
let isLeaving = false;
const server = createServer((request, response) => {
  if (isLeaving) response.setHeader('connection', 'close');
  response.end(request.url === '/large' ? large : edition);
}).listen(Number(process.env.PORT), '127.0.0.1');
process.on('message', () => {
  isLeaving = true;
  setTimeout(() => { server.close(() => process.exit()); server.closeIdleConnections(); }, 200);
});
`;

/** Paths of a server that knows nothing about liveswap. */
export interface UnchangedFiles {
  readonly folder: string;
  readonly entry: string;
  /** The cluster that a careful person would write around the server. */
  readonly cluster: string;
  /** The file that states the edition. */
  readonly edited: string;
}

export const editionText = (edition: number): string => `export const edition = 'EDITION-${edition}';\n`;

/** Writes a server that knows nothing about liveswap, and the cluster that a careful person would write around it. */
export async function writeUnchangedServer(folder: string): Promise<UnchangedFiles> {
  await mkdir(folder, { recursive: true });
  const files = {
    'package.json': '{ "name": "hello", "type": "module" }',
    'server.js': server,
    'cluster.js': primary,
    'cluster-child.js': child,
    'edition.js': editionText(1),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return {
    folder,
    entry: join(folder, 'server.js'),
    cluster: join(folder, 'cluster.js'),
    edited: join(folder, 'edition.js'),
  };
}
