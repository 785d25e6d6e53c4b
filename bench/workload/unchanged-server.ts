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

/**
 * The least that it takes to keep the sockets of a server in one thread and run it in another: the bytes of a turn cross in one
 * message. Nothing is counted, timed or held back, and no connection can move to another thread.
 */
const split = `
import { createServer } from 'node:net';
import { Worker } from 'node:worker_threads';

const worker = new Worker(new URL('./split-thread.js', import.meta.url));
const sockets = new Map();
let last = 0;
let frames = [];
const flush = () => {
  worker.postMessage(frames);
  frames = [];
};
const send = (id, bytes) => {
  if (frames.push(id, bytes) === 2) setImmediate(flush);
};
worker.on('message', (answers) => {
  for (let at = 0; at < answers.length; at += 2) sockets.get(answers[at])?.write(answers[at + 1], 'latin1');
});
createServer({ noDelay: true }, (socket) => {
  const id = ++last;
  sockets.set(id, socket);
  socket.on('data', (bytes) => send(id, bytes.latin1Slice()));
  socket.on('error', () => {});
  socket.on('close', () => {
    sockets.delete(id);
    send(id, null);
  });
}).listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
`;

const splitThread = `
import { Server, Socket } from 'node:net';
import { parentPort } from 'node:worker_threads';

let frames = [];
const flush = () => {
  parentPort.postMessage(frames);
  frames = [];
};
class SplitSocket extends Socket {
  constructor(id) {
    super({ allowHalfOpen: true });
    this.id = id;
  }
  _read() {}
  _write(chunk, _encoding, callback) {
    this._writev([{ chunk }], callback);
  }
  _writev(chunks, callback) {
    const texts = chunks.map(({ chunk }) => (typeof chunk === 'string' ? chunk : chunk.latin1Slice()));
    if (frames.push(this.id, texts.join('')) === 2) setImmediate(flush);
    callback();
  }
  _destroy(error, callback) {
    callback(error);
  }
}

let server;
Server.prototype.listen = function () {
  server = this;
  return this;
};
await import('./server.js');
const sockets = new Map();
parentPort.on('message', (requests) => {
  for (let at = 0; at < requests.length; at += 2) {
    const [id, bytes] = [requests[at], requests[at + 1]];
    if (bytes === null) {
      sockets.get(id)?.destroy();
      sockets.delete(id);
      continue;
    }
    if (!sockets.has(id)) {
      sockets.set(id, new SplitSocket(id));
      server.emit('connection', sockets.get(id));
    }
    sockets.get(id).push(Buffer.from(bytes, 'latin1'));
  }
});
`;

/** Paths of a server that knows nothing about liveswap. */
export interface UnchangedFiles {
  readonly folder: string;
  readonly entry: string;
  /** The cluster that a careful person would write around the server. */
  readonly cluster: string;
  /** What passes the bytes of its connections to a thread that runs it, and nothing else. */
  readonly split: string;
  /** The file that states the edition. */
  readonly edited: string;
}

export const editionText = (edition: number): string => `export const edition = 'EDITION-${edition}';\n`;

/** Writes a server that knows nothing about liveswap, and what others run it with. */
export async function writeUnchangedServer(folder: string): Promise<UnchangedFiles> {
  await mkdir(folder, { recursive: true });
  const files = {
    'package.json': '{ "name": "hello", "type": "module" }',
    'server.js': server,
    'cluster.js': primary,
    'cluster-child.js': child,
    'split.js': split,
    'split-thread.js': splitThread,
    'edition.js': editionText(1),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return {
    folder,
    entry: join(folder, 'server.js'),
    cluster: join(folder, 'cluster.js'),
    split: join(folder, 'split.js'),
    edited: join(folder, 'edition.js'),
  };
}
