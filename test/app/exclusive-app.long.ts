import { Agent } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { appProject } from '../helpers/app-project.js';
import { deferred } from '../helpers/deferred.js';
import { RawClient } from '../helpers/socket-crossing.js';
import { textOf } from '../helpers/text-of.js';

const ws = JSON.stringify(join(import.meta.dirname, '../../node_modules/ws'));

/** Returns a server that tells when each request begins and ends: requests of two versions never overlap. */
const server = (edition: number | string): string => `
  const http = require('http');
  const { WebSocketServer } = require(${ws});
  const { context } = require('liveswap/plugin');
  const { tell } = context.vault.extension;
  const handingOver = () => new Promise((resolve) => context.yielding.addEventListener('abort', resolve, { once: true }));
  const server = http.createServer(async (request, response) => {
    tell('begins ${edition}');
    if (request.url === '/slow') {
      tell('waits ${edition}');
      await handingOver();
    }
    tell('ends ${edition}');
    response.end('${edition}');
  });
  new WebSocketServer({ server });
  server.listen(0, '127.0.0.1');`;

test('while an exclusive app hands over, requests wait; none fails, and two versions never answer at once', async () => {
  const told: string[] = [];
  const { write, serve } = await appProject({ 'server.js': server(1) });
  const app = await serve('server.js', {
    exclusive: true,
    swapper: { extension: () => ({ tell: (text: string) => void told.push(text) }) },
  });
  const [url = ''] = app.urls;
  const agent = new Agent({ keepAlive: true, maxSockets: 6 });
  onTestFinished(() => agent.destroy());
  let isOver = false;
  const answers: string[] = [];
  const clients = Array.from({ length: 5 }, async () => {
    while (!isOver) answers.push(await textOf(url, agent));
  });
  for (let edition = 2; edition <= 4; edition++) {
    await write({ 'server.js': server(edition) });
    const slow = textOf(`${url}/slow`, agent);
    await expect.poll(() => told).toContain(`waits ${edition - 1}`);
    expect(await app.reload()).toEqual({ gate: 'ok' });
    expect(await slow).toBe(String(edition - 1));
    expect(await textOf(url, agent)).toBe(String(edition));
  }
  isOver = true;
  await Promise.all(clients);
  expect(answers.filter((text) => !/^[1-4]$/.test(text))).toEqual([]);
  const editions = told.map((text) => Number(text.split(' ')[1]));
  expect(editions).toEqual([...editions].sort((one, other) => one - other));
});

test('an exclusive app hands over while it streams: the stream ends where it began, and then its connection goes on', async () => {
  const streaming = (edition: number): string => `
    const http = require('http');
    http.createServer((request, response) => {
      if (request.url !== '/events') return response.end('${edition} is here;');
      response.write('${edition} begins;');
      require('liveswap/plugin').context.vault.extension.again().then(() => response.end('${edition} ends;'));
    }).listen(0, '127.0.0.1');`;
  const [asked, gate] = [deferred(), deferred()];
  const again = (): Promise<void> => {
    asked.resolve();
    return gate.promise;
  };
  const { write, serve } = await appProject({ 'server.js': streaming(1) });
  const app = await serve('server.js', { exclusive: true, swapper: { extension: () => ({ again }) } });
  const [url = ''] = app.urls;
  const client = new RawClient(Number(new URL(url).port));
  client.write('GET /events HTTP/1.1\r\nhost: here\r\n\r\n');
  await asked.promise;
  await write({ 'server.js': streaming(2) });
  expect(await app.reload()).toEqual({ gate: 'ok' });
  expect(await textOf(url, new Agent())).toBe('2 is here;');
  client.write('GET / HTTP/1.1\r\nhost: here\r\n\r\n');
  gate.resolve();
  expect(await client.until('is here;')).toMatch(/1 begins;[^]*1 ends;[^]*2 is here;/);
});

test('an exclusive app whose next version is refused goes on with its connections; an upgraded one ends at the hand-over', async () => {
  const { write, serve } = await appProject({ 'server.js': server(1) });
  let isRefused = true;
  const app = await serve('server.js', {
    exclusive: true,
    swapper: {
      extension: () => ({ tell: () => {} }),
      onReload: (_next, previous) => {
        if (previous && isRefused) throw new Error('not today');
      },
    },
  });
  const [url = ''] = app.urls;
  const socket = new WebSocket(url.replace('http', 'ws'));
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  await write({ 'server.js': server(2) });
  await expect(app.reload()).rejects.toMatchObject({ cause: { code: 'RELOAD_VETOED' } });
  expect(socket.readyState).toBe(WebSocket.OPEN);
  expect(await textOf(url, new Agent())).toBe('1');
  isRefused = false;
  const closed = once(socket, 'close');
  await app.reload();
  await closed;
  expect(await textOf(url, new Agent())).toBe('2');
});

test('an exclusive app has one thread: more are refused', async () => {
  const { serve } = await appProject({ 'server.js': server(1) });
  await expect(serve('server.js', { exclusive: true, threads: 2 })).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: expect.stringContaining('an exclusive app has one thread') as string,
  });
});

test('a request of which a part has come when an exclusive app hands over is answered by the next version', async () => {
  const { write, serve } = await appProject({ 'server.js': server(1) });
  const app = await serve('server.js', {
    exclusive: true,
    swapper: { extension: () => ({ tell: () => {} }) },
  });
  const [url = ''] = app.urls;
  const port = Number(new URL(url).port);
  const [slow, quick] = [new RawClient(port), new RawClient(port)];
  slow.write('GET / HTTP/1.1\r\nho');
  quick.write('GET / HTTP/1.1\r\nhost: here\r\n\r\n');
  await quick.until('\r\n\r\n1');
  await write({ 'server.js': server(2) });
  await app.reload();
  slow.write('st: here\r\n\r\n');
  await slow.until('\r\n\r\n2');
});

test('requests wait while the thread of an exclusive app is recycled, and two threads never answer at once', async () => {
  const told: string[] = [];
  const { serve } = await appProject({
    'server.js': server("' + (globalThis.born ??= Date.now()) + '"),
  });
  const app = await serve('server.js', {
    exclusive: true,
    swapper: {
      recycle: { ageMs: 1_000 },
      extension: () => ({ tell: (text: string) => void told.push(text) }),
    },
  });
  const [url = ''] = app.urls;
  const agent = new Agent({ keepAlive: true, maxSockets: 6 });
  onTestFinished(() => agent.destroy());
  const threads = new Set<string>();
  const clients = Array.from({ length: 5 }, async () => {
    while (threads.size < 2) threads.add(await textOf(url, agent));
  });
  await Promise.all(clients);
  const order = told.map((text) => text.split(' ')[1]);
  expect(order).toEqual(order.toSorted((one, other) => Number(one) - Number(other)));
});
