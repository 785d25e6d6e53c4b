import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import type { ServeAppOptions, ServedApp } from '../../lib/app/index.js';
import { appProject } from '../helpers/app-project.js';
import { nextEvent } from '../helpers/next-event.js';
import { certificates } from '../helpers/tls-client.js';

const request = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: gate\r\n\r\n`;

/** A connection: what has come, and whether it is over. */
class Peer {
  readonly socket: Socket;
  text = '';
  readonly #over: Promise<unknown>;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('latin1').on('data', (chunk: string) => (this.text += chunk));
    socket.on('error', () => {});
    this.#over = new Promise((resolve) => socket.once('close', resolve));
    onTestFinished(() => void socket.destroy());
  }

  /** Resolves to all that has come, once the connection is over. */
  async over(): Promise<string> {
    await this.#over;
    return this.text;
  }

  /** Resolves to all that has come, once `part` is among it. */
  async got(part: string): Promise<string> {
    await expect.poll(() => this.text).toContain(part);
    return this.text;
  }
}

function visit(port: number, bytes = ''): Peer {
  const peer = new Peer(connect(port, '127.0.0.1'));
  if (bytes) peer.socket.write(bytes);
  return peer;
}

const portOf = ({ urls }: ServedApp, nth = 0): number => Number(new URL(urls[nth] ?? '').port);

test.each(['TLS', 'a Unix socket'])(
  'an answer that a dying thread has begun is cut over %s, and the host serves on',
  async (kind) => {
    const isTls = kind === 'TLS';
    const { folder, serve } = await appProject({
      'server.js': `
        const fs = require('fs');
        const [key, cert] = ['key', 'cert'].map((name) => fs.readFileSync(__dirname + '/' + name + '.pem'));
        const answer = (request, response) => {
          if (request.url === '/') return response.end('it stands');
          response.write('it falls', () => setImmediate(() => { throw new Error('a storm'); }));
        };
        ${
          isTls
            ? "require('https').createServer({ key, cert }, answer).listen(0, '127.0.0.1')"
            : "require('http').createServer(answer).listen(__dirname + '/gate.sock')"
        };`,
      'key.pem': certificates['key.pem'],
      'cert.pem': certificates['cert.pem'],
    });
    const app = await serve('server.js');
    const ask = (path: string): Peer => {
      const socket = isTls
        ? connectTls({ port: portOf(app), host: '127.0.0.1', rejectUnauthorized: false })
        : connect(join(folder, 'gate.sock'));
      socket.write(request(path));
      return new Peer(socket);
    };
    const replaced = nextEvent(app.swapper, 'threadReplaced');
    expect(await ask('/fall').over()).not.toContain('0\r\n\r\n');
    await replaced;
    await ask('/').got('it stands');
  },
);

test('a peer to which a raw server has spoken, or that waits for its answer, is cut off when its thread dies', async () => {
  const { serve } = await appProject({
    'server.js': `
      const { createServer } = require('net');
      createServer((socket) => void socket.write('welcome')).listen(0, '127.0.0.1');
      createServer((socket) => socket.on('data', (data) => {
        if (String(data) === 'fall') setImmediate(() => { throw new Error('a storm'); });
        if (String(data) === 'ask') socket.write('yes');
      })).listen(0, '127.0.0.1');`,
  });
  const app = await serve('server.js');
  const [greeted, silent] = [visit(portOf(app)), visit(portOf(app, 1))];
  await greeted.got('welcome');
  const replaced = nextEvent(app.swapper, 'threadReplaced');
  expect(await visit(portOf(app, 1), 'fall').over()).toBe('');
  expect(await greeted.over()).toBe('welcome');
  await replaced;
  // Nothing was said there.
  silent.socket.write('ask');
  await silent.got('yes');
});

test('a thread that is replaced although its version has just been replaced leaves those of the next version alone', async () => {
  const gate = (edition: number): string => `
    require('net').createServer((socket) => {
      socket.write('gate ${edition}');
      socket.on('data', () => { throw new Error('a storm'); });
    }).listen(0, '127.0.0.1');`;
  const { write, serve } = await appProject({ 'server.js': gate(1) });
  let first: Peer | undefined;
  const app: ServedApp = await serve('server.js', {
    threads: 2,
    swapper: {
      onReload: async () => {
        if (!first) return;
        const crashed = nextEvent(app.swapper, 'threadCrashed');
        first.socket.write('fall');
        first = undefined;
        await crashed;
      },
    },
  });
  const port = portOf(app);
  first = visit(port);
  await first.got('gate 1');
  // Keeps the version, in its other thread.
  await visit(port).got('gate 1');
  const replaced = nextEvent(app.swapper, 'threadReplaced');
  await write({ 'server.js': gate(2) });
  await app.reload();
  const peers = [visit(port), visit(port)];
  for (const peer of peers) await peer.got('gate 2');
  await replaced;
  await app.reload();
  expect(app.swapper.stats().crashes).toBe(1);
  expect(peers.map(({ socket }) => socket.readyState)).toEqual(['open', 'open']);
});

test('a version of which a thread dies after it came up, before it is current, is refused', async () => {
  const gate = (edition: number): string => `
    const { context } = require('liveswap/plugin');
    require('net').createServer((socket) => void socket.write('gate ${edition}')).listen(0, '127.0.0.1');
    context.vault.extension.onFall(() => void setImmediate(() => { throw new Error('a storm'); }));`;
  const { write, serve } = await appProject({ 'server.js': gate(1) });
  let fall: (() => void) | undefined;
  let isSecond = false;
  const app: ServedApp = await serve('server.js', {
    threads: 2,
    swapper: {
      extension: () => ({ onFall: (falls: () => void) => void (fall = falls) }),
      onReload: async () => {
        if (!isSecond) return;
        const crashed = nextEvent(app.swapper, 'threadCrashed');
        fall?.();
        await crashed;
      },
    },
  });
  const port = portOf(app);
  isSecond = true;
  await write({ 'server.js': gate(2) });
  await expect(app.reload()).rejects.toThrow('a storm');
  isSecond = false;
  await visit(port).got('gate 1');
  expect(await app.reload()).toEqual({ gate: 'ok' });
  await visit(port).got('gate 2');
});

test('a reload to which nothing has changed does not fail because a thread is just being replaced', async () => {
  const { serve } = await appProject({
    'server.js': `require('net').createServer((socket) => {
      socket.write('gate');
      socket.on('data', () => { throw new Error('a storm'); });
    }).listen(0, '127.0.0.1');`,
  });
  const app = await serve('server.js');
  const peer = visit(portOf(app));
  await peer.got('gate');
  const crashed = nextEvent(app.swapper, 'threadCrashed');
  peer.socket.write('fall');
  await crashed;
  expect(await app.swapper.reload()).toEqual({ gate: 'unchanged' });
  await visit(portOf(app)).got('gate');
});

/** A server that dies when it is asked to fall, and does not come up while there is a file `fallen`. */
const wall = (edition: number): string => `
  const { existsSync, writeFileSync } = require('fs');
  const fallen = __dirname + '/fallen';
  if (existsSync(fallen)) throw new Error('no stone is left');
  const server = require('http').createServer((request, response) => {
    if (request.url === '/fall') setImmediate(() => { writeFileSync(fallen, ''); throw new Error('a storm'); });
    else if (request.url === '/') response.end('it stands, ' + ${edition});
  }).listen(0, '127.0.0.1');
  require('net').createServer((socket) => void socket.write('welcome')).listen(0, '127.0.0.1');`;

/** Serves a wall, and has it fall. */
async function fallenWall(options: ServeAppOptions = {}) {
  const project = await appProject({ 'server.js': wall(1) });
  const app = await project.serve('server.js', {
    ...options,
    swapper: { crashLoop: { crashes: 1 }, ...options.swapper },
  });
  const [port, rawPort] = [portOf(app), portOf(app, 1)];
  const before = { waiting: visit(port, request('/wait')), silent: visit(port), raw: visit(rawPort) };
  await before.raw.got('welcome');
  const failed = nextEvent(app.swapper, 'versionFailed');
  await visit(port, request('/fall')).over();
  await failed;
  return { ...project, app, port, rawPort, before, fallen: join(project.folder, 'fallen') };
}

test('connections of a version that is given up end, until a thread that is tried again serves', async () => {
  const { app, port, rawPort, before, fallen } = await fallenWall();
  expect(await before.waiting.over()).toMatch(/^HTTP\/1.1 502 .*\r\n\r\n$/s);
  await before.raw.over();
  expect(await visit(port, request('/')).over()).toMatch(
    /^HTTP\/1.1 503 Service Unavailable\r\nretry-after: \d+\r\n.*\r\n\r\n$/s,
  );
  before.silent.socket.write(request('/'));
  expect(await before.silent.over()).toContain('503');
  expect(await visit(rawPort).over()).toBe('');
  expect(app.isServing).toBe(false);
  const silent = visit(port);
  await once(silent.socket, 'connect');
  await rm(fallen);
  await expect.poll(() => app.isServing).toBe(true);
  await visit(port, request('/')).got('it stands, 1');
  silent.socket.write(request('/'));
  await silent.got('it stands, 1');
  await visit(rawPort).got('welcome');
});

test('a version that is given up is not also said to wait for something at its start', async () => {
  const warnings: string[] = [];
  const ignore = (): void => {};
  const warn = (_: object, text: string): void => void warnings.push(text);
  const logger = { debug: ignore, info: ignore, warn, error: ignore };
  const startMs = 2_000;
  const { port } = await fallenWall({ swapper: { startMs, logger } });
  // The host has begun to wait as long before.
  await once(AbortSignal.timeout(startMs), 'abort');
  expect(await visit(port, request('/')).over()).toContain('503');
  expect(warnings.filter((text) => text.includes('does not listen again'))).toEqual([]);
});

test('a reload takes the place of a version that is given up at once', async () => {
  const { app, port, rawPort, write, before } = await fallenWall();
  await write({
    'server.js': wall(2).replace("if (existsSync(fallen)) throw new Error('no stone is left');", ''),
  });
  expect(await app.reload()).toEqual({ gate: 'ok' });
  before.silent.socket.write(request('/'));
  await before.silent.got('it stands, 2');
  await visit(port, request('/')).got('it stands, 2');
  await visit(rawPort).got('welcome');
});

test('a version that is given up, and should start alone, holds no reload up after one that was refused', async () => {
  const { app, port, write } = await fallenWall({ exclusive: 'start', swapper: { startMs: 2 ** 31 - 1 } });
  await write({ 'server.js': "throw new Error('a flaw');" });
  await expect(app.reload()).rejects.toMatchObject({ code: 'RELOAD_FAILED' });
  await write({ 'server.js': wall(2).replace('existsSync(fallen)', 'false') });
  expect(await app.reload()).toEqual({ gate: 'ok' });
  await visit(port, request('/')).got('it stands, 2');
});

test('an app that is given up is closed at once, with the connections that wait', async () => {
  const { app, before } = await fallenWall();
  await app.close();
  expect(await before.silent.over()).toBe('');
});

/** A server that dies when it is asked to fall, and does `what` at its start while there is a file `fallen`. */
const tower = (what: string): string => `
  import { existsSync, writeFileSync } from 'node:fs';
  import { createServer } from 'node:http';
  const fallen = new URL('fallen', import.meta.url);
  const rest = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const listen = () => createServer((request, response) => {
    if (request.url === '/fall') setImmediate(() => { writeFileSync(fallen, ''); throw new Error('a storm'); });
    else response.end('it stands');
  }).listen(0, '127.0.0.1');
  if (existsSync(fallen)) { ${what} } else listen();`;

/** Serves a tower, and has it fall. Resolves to its app, its port, and the event that it is given up. */
async function fallingTower(what: string, options: ServeAppOptions) {
  const { folder, serve } = await appProject({ 'server.mjs': tower(what) });
  const app = await serve('server.mjs', options);
  const [port, failed] = [portOf(app), nextEvent(app.swapper, 'versionFailed')];
  await visit(port, request('/fall')).over();
  return { app, port, failed, fallen: join(folder, 'fallen') };
}

test.each([
  ['throws only after a while', "await rest(300); throw new Error('no stone is left');", 30_000],
  ['never ends', 'await rest(2 ** 31 - 1);', 2_000],
])('a thread whose start %s has not come up: the crashes before it still count', async (_, what, startMs) => {
  const { port, failed } = await fallingTower(what, {
    swapper: { startMs, crashLoop: { crashes: 3, withinMs: 100 } },
  });
  const waiting = visit(port, request('/'));
  await failed;
  expect(await waiting.over()).toContain('503');
});

test('connections do not wait for ever for a thread that lives, but does not listen again', async () => {
  const { app, port, fallen } = await fallingTower(
    `(async () => { while (existsSync(fallen)) await rest(5); listen(); })();`,
    { swapper: { startMs: 2_000 } },
  );
  expect(await visit(port, request('/')).over()).toContain('503');
  expect(app.isServing).toBe(false);
  await rm(fallen);
  await expect.poll(() => app.isServing).toBe(true);
  await visit(port, request('/')).got('it stands');
});

test('connections do not wait for ever for a version that begins again because the next one was refused, but does not listen again', async () => {
  const { serve, write } = await appProject({ 'server.mjs': tower('setInterval(() => {}, 1_000);') });
  const app = await serve('server.mjs', { exclusive: 'start', swapper: { startMs: 2_000 } });
  const port = portOf(app);
  await write({ fallen: '', 'server.mjs': "throw new Error('no stone is left');" });
  await expect(app.reload()).rejects.toThrow('no stone is left');
  expect(await visit(port, request('/')).over()).toContain('503');
});

test('a TLS handshake ends when the version that would choose its certificate is given up', async () => {
  const { serve } = await appProject({
    'server.js': `
      const fs = require('fs');
      const fallen = __dirname + '/fallen';
      if (fs.existsSync(fallen)) throw new Error('no stone is left');
      const [key, cert] = ['key', 'cert'].map((name) => fs.readFileSync(__dirname + '/' + name + '.pem'));
      const SNICallback = (name, done) => {
        fs.writeFileSync(fallen, '');
        setImmediate(() => { throw new Error('a storm'); });
      };
      require('https').createServer({ key, cert, SNICallback }).listen(0, '127.0.0.1');`,
    'key.pem': certificates['key.pem'],
    'cert.pem': certificates['cert.pem'],
  });
  const app = await serve('server.js', { swapper: { crashLoop: { crashes: 2 } } });
  const handshake = (): Peer =>
    new Peer(
      connectTls({
        port: portOf(app),
        host: '127.0.0.1',
        servername: 'gate.example',
        rejectUnauthorized: false,
      }),
    );
  const failed = nextEvent(app.swapper, 'versionFailed');
  const first = handshake();
  await failed;
  await first.over();
  await handshake().over();
});
