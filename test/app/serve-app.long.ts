import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import type { ServedApp } from '../../lib/app/index.js';
import { appProject } from '../helpers/app-project.js';
import { textOf } from '../helpers/text-of.js';
import { warningLogger } from '../helpers/quiet-logger.js';

const hello = (edition: number): string => `
  const http = require('http');
  const server = http.createServer((request, response) => response.end('${edition} ' + request.url));
  server.listen(0, '127.0.0.1');`;

const editionOf = async (app: ServedApp): Promise<string> => (await fetch(`${app.urls[0]}/north`)).text();

test('an unchanged server is reloaded under load: nothing fails, and nothing that begins after a reload is older', async () => {
  const { write, serve } = await appProject({ 'server.js': hello(1) });
  const app = await serve('server.js');
  expect(app.urls).toHaveLength(1);
  const [url] = app.urls;
  let live = 1;
  let isOver = false;
  const failures: unknown[] = [];
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const client = async (): Promise<number> => {
    let answers = 0;
    while (!isOver) {
      const oldest = live;
      const answer = await textOf(`${url}/north`, agent).catch((error: unknown) => String(error));
      if (Number.parseInt(answer, 10) >= oldest) answers++;
      else failures.push({ answer, oldest });
    }
    return answers;
  };
  const clients = Array.from({ length: 8 }, client);
  for (let edition = 2; edition <= 6; edition++) {
    await write({ 'server.js': hello(edition) });
    expect(await app.reload()).toEqual({ gate: 'ok' });
    live = edition;
    expect(await textOf(`${url}/north`, agent)).toBe(`${edition} /north`);
  }
  isOver = true;
  const answers = await Promise.all(clients);
  agent.destroy();
  expect(failures).toEqual([]);
  expect(Math.min(...answers)).toBeGreaterThan(0);
  expect(app.urls).toEqual([url]);
  expect(await app.reload()).toEqual({ gate: 'unchanged' });
});

/** Time for a version to start, long enough for a sound one on a busy machine: two of the tests wait for its end. */
const START_MS = 5_000;

test.each([
  [
    'throws',
    `throw new Error('no sword');`,
    { code: 'START_FAILED', message: /threw at \/.*server\.js:1:7: no sword; correct it there/ },
  ],
  ['has a syntax error', `const = 1;`, { code: 'BUILD_FAILED', message: /server\.js:1:7/ }],
  [
    'no longer listens',
    `setTimeout(() => {}, 10);`,
    {
      code: 'START_TIMEOUT',
      missing: ['http 127.0.0.1:0'],
      message:
        /within 5000 ms: \/.*server\.js does not listen on http 127\.0\.0\.1:0, where the current version listens by \/.*server\.js:4:10; look for/,
    },
  ],
  [
    'never ends its evaluation',
    `for (;;);`,
    {
      code: 'START_TIMEOUT',
      missing: ['the end of its evaluation'],
      message: /the evaluation of \/.*server\.js has not ended; look for/,
    },
  ],
  [
    'rejects at its top',
    `Promise.reject(new Error('no raven'));`,
    {
      code: 'THREAD_CRASHED',
      message: /died while it started at \/.*server\.js:1:16: no raven; correct it there/,
    },
  ],
  [
    'exits',
    `process.exit(3);`,
    { code: 'START_FAILED', message: /process\.exit\(3\) was called at .*server\.js:1:9/ },
  ],
])('an entry that %s is refused, and what ran serves on', async (_, text, cause) => {
  const { write, serve } = await appProject({ 'server.js': hello(1) });
  const app = await serve('server.js', { swapper: { startMs: START_MS } });
  await write({ 'server.js': text });
  const error = await app.reload().then(
    () => undefined,
    (reason: unknown) => reason as { code: string; cause: unknown },
  );
  expect(error).toMatchObject({ code: 'RELOAD_FAILED', cause: matching(cause) });
  expect(await editionOf(app)).toBe('1 /north');
  await write({ 'server.js': hello(2) });
  expect(await app.reload()).toEqual({ gate: 'ok' });
  expect(await editionOf(app)).toBe('2 /north');
});

test.each([
  [
    'an import that its module does not export',
    `import('./keep.mjs');`,
    /died while it started at \/.*keep\.mjs:2: .*raven/,
  ],
  [
    'more memory than its thread has',
    `const all = []; for (;;) all.push(new Array(100_000).fill(all.length));`,
    /died while it started \(\/.*server\.js\): .*memory/,
  ],
])('a version that dies of %s is refused with its place', async (_, text, message) => {
  const { write, serve } = await appProject({
    'server.js': hello(1),
    'keep.mjs': `\nimport { raven } from './tower.mjs';`,
    'tower.mjs': 'export const crow = 1;',
  });
  const app = await serve('server.js', { swapper: { resourceLimits: { maxOldGenerationSizeMb: 48 } } });
  await write({ 'server.js': text });
  await expect(app.reload()).rejects.toMatchObject({
    cause: { code: 'THREAD_CRASHED', message: expect.stringMatching(message) as string },
  });
  expect(await editionOf(app)).toBe('1 /north');
});

test('the place of a refusal is that of the TypeScript', async () => {
  const { write, serve } = await appProject({ 'server.ts': hello(1) });
  const { logger, warned } = warningLogger();
  const app = await serve('server.ts', { swapper: { logger } });
  await write({ 'server.ts': `interface Wall {\n  readonly height: number;\n}\nprocess.exit(3);` });
  const place = /process\.exit\(3\) was called at .*server\.ts:4:9/;
  await expect(app.reload()).rejects.toMatchObject({
    cause: { message: expect.stringMatching(place) as string },
  });
  await expect.poll(() => warned).toEqual([expect.stringMatching(place) as string]);
});

test('intervals of a version that ends soon after its start are not let go again while it ends', async () => {
  const told: string[] = [];
  const { serve } = await appProject({
    'server.js': `
      const { context } = require('liveswap/plugin');
      setInterval(() => context.vault.extension.tell('tick'), 10);
      // Longer than intervals are held for a start that does not get ready.
      process.on('SIGTERM', () => { context.vault.extension.tell('end'); setTimeout(() => process.exit(0), 2_500); });
      ${hello(1)}`,
  });
  const app = await serve('server.js', {
    swapper: { extension: () => ({ tell: (text: string) => void told.push(text) }) },
  });
  await app.close();
  expect(told.slice(told.indexOf('end'))).toEqual(['end']);
});

test('a WebSocket stays with the version that accepted it, which stays for it; the next is the next version’s', async () => {
  const chat = (edition: number): string => `
    const { WebSocketServer } = require(${JSON.stringify(require_('ws'))});
    const server = require('http').createServer();
    const sockets = new WebSocketServer({ server });
    sockets.on('connection', (socket) => socket.on('message', (text) => socket.send('${edition} ' + text)));
    server.listen(0, '127.0.0.1');`;
  const { write, serve } = await appProject({ 'server.js': chat(1) });
  const app = await serve('server.js');
  const first = await openSocket(app);
  expect(await ask(first, 'hail')).toBe('1 hail');
  await write({ 'server.js': chat(2) });
  await app.reload();
  const second = await openSocket(app);
  expect(await ask(second, 'hail')).toBe('2 hail');
  expect(await ask(first, 'still there')).toBe('1 still there');
  const [, old] = app.swapper.stats().plugins[0]?.versions ?? [];
  expect(old).toMatchObject({ state: 'draining' });
  first.close();
  await once(first, 'close');
  await expect.poll(() => app.swapper.stats().plugins[0]?.versions.length).toBe(1);
  second.close();
});

test('a server of bare connections is adopted, too', async () => {
  const { serve } = await appProject({
    'server.js': `require('net').createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');`,
  });
  const app = await serve('server.js');
  const socket = connect(Number(new URL(app.urls[0] ?? '').port), '127.0.0.1');
  socket.end('hodor');
  let text = '';
  for await (const chunk of socket.setEncoding('utf8')) text += String(chunk);
  expect(text).toBe('hodor');
});

test('an address that another process has is EADDRINUSE for the app', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  const { serve } = await appProject({
    'server.js': `require('http').createServer().listen(${port}, '127.0.0.1');`,
  });
  await expect(serve('server.js')).rejects.toMatchObject({
    code: 'LOAD_FAILED',
    message: expect.stringMatching(
      /at .*server\.js:1:\d+: listen EADDRINUSE: .*; end what else listens there, or have this listen on another/,
    ) as string,
  });
});

test('a server sees its own address, connections and clients as it would in process', async () => {
  const { serve } = await appProject({
    'server.js': `
      const http = require('http');
      const server = http.createServer((request, response) => {
        server.getConnections((error, connections) => response.end(JSON.stringify({
          listening: server.listening, address: server.address().address, connections,
          remote: request.socket.remoteAddress, encrypted: request.socket.encrypted === true,
        })));
      });
      server.listen({ port: 0, host: '127.0.0.1' });`,
  });
  const app = await serve('server.js');
  expect(JSON.parse(await editionOf(app))).toEqual({
    listening: true,
    address: '127.0.0.1',
    connections: 1,
    remote: '127.0.0.1',
    encrypted: false,
  });
});

test('intervals of the entry never run in two versions, and its SIGTERM handler runs once at its end', async () => {
  const ticking = (edition: number): string => `
    const { context } = require('liveswap/plugin');
    const tell = (text) => context.vault.extension.tell('${edition} ' + text);
    setInterval(() => tell('tick'), 5);
    process.on('SIGTERM', (signal, number) => { tell(signal + ' ' + number + ' end'); setImmediate(() => process.exit(0)); });
    ${hello(edition)}`;
  const told: string[] = [];
  const { write, serve } = await appProject({ 'server.js': ticking(1) });
  const app = await serve('server.js', {
    swapper: { extension: () => ({ tell: (text: string) => void told.push(text) }) },
  });
  await expect.poll(() => told.includes('1 tick')).toBe(true);
  await write({ 'server.js': ticking(2) });
  await app.reload();
  await expect.poll(() => told.includes('2 tick')).toBe(true);
  await expect.poll(() => told.includes('1 SIGTERM 15 end')).toBe(true);
  const firstOfTwo = told.indexOf('2 tick');
  expect(told.slice(firstOfTwo)).not.toContain('1 tick');
  await app.close();
  expect(told.filter((text) => text.endsWith('end'))).toEqual(['1 SIGTERM 15 end', '2 SIGTERM 15 end']);
});

test('a thread that crashes is replaced behind the open port', async () => {
  const { serve } = await appProject({
    'server.js': `
      const http = require('http');
      http.createServer((request, response) => {
        if (request.url === '/die') setImmediate(() => { throw new Error('slain'); });
        else response.end('alive');
      }).listen(0, '127.0.0.1');`,
  });
  const app = await serve('server.js');
  const replaced = new Promise((resolve) => app.swapper.on('threadReplaced', resolve));
  expect((await fetch(`${app.urls[0]}/die`)).status).toBe(502);
  await replaced;
  expect(await editionOf(app)).toBe('alive');
});

test('several threads share the port', async () => {
  const { serve } = await appProject({
    'server.js': `
      const { context } = require('liveswap/plugin');
      require('http').createServer((request, response) => response.end(String(context.thread.index))).listen(0, '127.0.0.1');`,
  });
  const app = await serve('server.js', { threads: 2 });
  const answers = await Promise.all(Array.from({ length: 4 }, () => textOf(app.urls[0] ?? '', new Agent())));
  expect(new Set(answers)).toEqual(new Set(['0', '1']));
});

function require_(name: string): string {
  return join(import.meta.dirname, '../../node_modules', name);
}

function matching({
  message,
  ...facts
}: {
  readonly code: string;
  readonly message?: RegExp;
  readonly missing?: string[];
}): object {
  return { ...facts, ...(message && { message: expect.stringMatching(message) as string }) };
}

async function openSocket(app: ServedApp): Promise<WebSocket> {
  const socket = new WebSocket((app.urls[0] ?? '').replace('http', 'ws'));
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  return socket;
}

async function ask(socket: WebSocket, text: string): Promise<string> {
  const answered = once(socket, 'message');
  socket.send(text);
  const [answer] = (await answered) as [Buffer];
  return answer.toString();
}

test('an address without a host is known as soon as listen() returns, as in a process', async () => {
  const { folder, serve } = await appProject({
    'server.js': `
      const order = [];
      const server = require('http').createServer((_, response) => response.end(JSON.stringify(order)));
      server.on('listening', () => order.push('listening'));
      server.listen(0);
      order.push(server.listening, server.address().port > 0);
      const local = require('net').createServer().listen(__dirname + '/gate.sock');
      order.push(local.address());
      const second = require('http').createServer().on('error', ({ code }) => order.push(code)).listen(server.address().port);
      order.push(second.address());`,
  });
  const app = await serve('server.js');
  await expect
    .poll(async () => JSON.parse(await textOf(app.urls[0] ?? '')) as unknown)
    .toEqual([true, true, join(folder, 'gate.sock'), null, 'listening', 'EADDRINUSE']);
});

test('a server of bare connections takes as many as it says, and ends its side when the peer has, unless it says otherwise', async () => {
  const { serve } = await appProject({
    'server.js': `
      const net = require('net');
      const { tell } = require('liveswap/plugin').context.vault.extension;
      const few = net.createServer((socket) => socket.write('welcome'));
      few.maxConnections = 1;
      few.on('drop', ({ remoteAddress }) => tell('dropped ' + remoteAddress));
      few.listen(0, '127.0.0.1', () =>
        net.createServer({ allowHalfOpen: true }, (socket) => socket.resume().on('end', () => socket.end('late'))).listen(0, '127.0.0.1'));`,
  });
  const told: string[] = [];
  const app = await serve('server.js', {
    swapper: { extension: () => ({ tell: (text: string) => void told.push(text) }) },
  });
  await expect.poll(() => app.urls).toHaveLength(2);
  const [few, late] = app.urls.map((url) => Number(new URL(url).port));
  const first = connect(few ?? 0, '127.0.0.1');
  onTestFinished(() => void first.destroy());
  await once(first, 'data');
  const second = connect(few ?? 0, '127.0.0.1');
  second.resume();
  await once(second, 'close');
  // Reports and connections arrive by different ways.
  await expect.poll(() => told).toEqual(['dropped 127.0.0.1']);
  first.end();
  await once(first.resume(), 'close');
  const third = connect({ port: late ?? 0, host: '127.0.0.1', allowHalfOpen: true });
  third.end();
  const [chunk] = (await once(third, 'data')) as [Buffer];
  expect(chunk.toString()).toBe('late');
});

test('a Unix socket stays where it is although each version removes what the one before may have left', async () => {
  const { folder, write, serve } = await appProject({ 'server.js': '' });
  const path = join(folder, 'gate.sock');
  const code = (edition: number): string => `
    const fs = require('fs');
    const path = ${JSON.stringify(path)};
    if (fs.existsSync(path)) fs.unlinkSync(path);
    const server = require('http').createServer((_, response) => response.end('${edition}'));
    server.listen(path, () => fs.chmodSync(path, 0o666));
    process.on('SIGTERM', () => fs.promises.rm(path, { force: true }).then(() => process.exit(0)));`;
  await write({ 'server.js': code(1) });
  const app = await serve('server.js');
  const ask = (): Promise<string> =>
    new Promise((done, reject) => {
      get({ socketPath: path, path: '/', agent: false }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => done(text));
      }).on('error', reject);
    });
  expect(await ask()).toBe('1');
  await write({ 'server.js': code(2) });
  await app.reload();
  expect(await ask()).toBe('2');
  await expect.poll(() => app.swapper.stats().plugins[0]?.versions).toHaveLength(1);
  expect(await ask()).toBe('2');
  await app.close();
  expect(existsSync(path)).toBe(false);
});

test('a connection that went to the thread in the place of a dead one goes on to the next version', async () => {
  const code = (edition: number): string => `
    require('http').createServer((request, response) => {
      if (request.url === '/die') process.exit(1);
      response.end('${edition}');
    }).listen(0, '127.0.0.1');`;
  const { write, serve } = await appProject({ 'server.js': code(1) });
  const app = await serve('server.js');
  const [url = ''] = app.urls;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  expect(await textOf(url, agent)).toBe('1');
  await textOf(`${url}/die`, new Agent()).catch(() => {});
  expect(await textOf(url, agent)).toBe('1');
  await write({ 'server.js': code(2) });
  await app.reload();
  expect(await textOf(url, agent)).toBe('2');
});
