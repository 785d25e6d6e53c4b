import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Agent, request, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { appProject } from '../helpers/app-project.js';
import { textOf } from '../helpers/text-of.js';

test('connections that are between two requests do not keep an app that is closed, also when no request has come since a reload', async () => {
  const server = (edition: number): string => `
    const server = require('http').createServer((request, response) => response.end('${edition}'));
    server.keepAliveTimeout = 0;
    server.listen(0, '127.0.0.1');`;
  const { write, serve } = await appProject({ 'server.js': server(1) });
  const app = await serve('server.js', { swapper: { drainMs: 300_000 } });
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  expect(await textOf(app.urls[0] ?? '', agent)).toBe('1');
  await write({ 'server.js': server(2) });
  await app.reload();
  expect(Object.keys(agent.freeSockets)).toHaveLength(1);
  await app.close();
  await expect.poll(() => Object.keys(agent.freeSockets)).toEqual([]);
});

/** A server that upgrades each connection, and does `atUpgrade` then. */
const gate = (atUpgrade: string): Record<string, string> => ({
  'server.js': `
    const server = require('http').createServer();
    server.on('upgrade', (request, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\\r\\n\\r\\n');
      ${atUpgrade}
    });
    server.listen(0, '127.0.0.1');`,
});

async function upgraded(url: string): Promise<Socket> {
  const peer = connect(Number(new URL(url).port), '127.0.0.1');
  onTestFinished(() => void peer.destroy());
  peer.write('GET / HTTP/1.1\r\nhost: gate\r\nconnection: upgrade\r\nupgrade: horn\r\n\r\n');
  await once(peer, 'data');
  return peer;
}

test('an app that ends says farewell to its WebSockets, also to those of an earlier version', async () => {
  const edition = (number: number): Record<string, string> =>
    gate(
      `process.on('SIGTERM', () => { socket.end('farewell of ${number}'); setImmediate(() => process.exit(0)); });`,
    );
  const { write, serve } = await appProject(edition(1));
  const app = await serve('server.js', { swapper: { drainMs: 300_000 } });
  const first = text(await upgraded(app.urls[0] ?? ''));
  await write(edition(2));
  await app.reload();
  const second = text(await upgraded(app.urls[0] ?? ''));
  await app.close();
  expect([await first, await second]).toEqual(['farewell of 1', 'farewell of 2']);
});

test('the WebSockets of an app that does not handle its end are ended with it', async () => {
  const { serve } = await appProject(gate(''));
  const app = await serve('server.js', { swapper: { drainMs: 300_000 } });
  const told = text(await upgraded(app.urls[0] ?? ''));
  await app.close();
  expect(await told).toBe('');
});

/** A server that answers a GET with events that never end, and a POST until its body ends. */
const ticker = (atEnd: string): Record<string, string> => ({
  'server.js': `
    const streams = new Set();
    const server = require('http').createServer((request, response) => {
      const isStream = request.method === 'GET';
      if (isStream) streams.add(response);
      response.writeHead(200, { 'Content-Type': isStream ? 'text/event-stream' : 'text/plain' });
      response.write('begun ');
      if (!isStream) request.resume().on('end', () => response.end('ended'));
    });
    server.listen(0, '127.0.0.1');
    ${atEnd}`,
});

test('an app that ends closes its streams of events itself', async () => {
  const { serve } = await appProject(
    ticker(`process.on('SIGTERM', () => {
      for (const stream of streams) stream.end('farewell');
      server.close(() => process.exit(0));
    });`),
  );
  const app = await serve('server.js', { swapper: { drainMs: 300_000 } });
  const answer = await fetch(app.urls[0] ?? '');
  await app.close();
  expect(await answer.text()).toBe('begun farewell');
});

test('streams of events of an app that does not handle its end are ended with it', async () => {
  const { serve } = await appProject(ticker(''));
  const app = await serve('server.js', { swapper: { drainMs: 300_000 } });
  const answer = await fetch(app.urls[0] ?? '');
  await app.close();
  await expect(answer.text()).rejects.toThrow('terminated');
});

test('answers that are no streams of events end before an app handles its end', async () => {
  const { serve } = await appProject(ticker(`process.on('SIGTERM', () => process.exit(0));`));
  const app = await serve('server.js', { swapper: { drainMs: 300_000 } });
  const url = app.urls[0] ?? '';
  const asked = request(url, { method: 'POST' });
  asked.flushHeaders();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  await fetch(url);
  const closed = app.close();
  await expect.poll(() => textOf(url).catch(() => 'refused')).toBe('refused');
  asked.end();
  expect(await text(answer)).toBe('begun ended');
  await closed;
});

test('an app that ends waits for WebSockets that its own handlers leave open', async () => {
  const { serve } = await appProject(
    gate(
      `process.on('SIGTERM', () => server.close()); process.on('SIGTERM', () => socket.write('last words?')); socket.on('data', (words) => socket.end(words));`,
    ),
  );
  const app = await serve('server.js', { swapper: { drainMs: 300_000 } });
  const peer = await upgraded(app.urls[0] ?? '');
  const closed = app.close();
  const [asked] = (await once(peer, 'data')) as [Buffer];
  peer.write('long live the gate');
  expect([asked.toString(), await text(peer)]).toEqual(['last words?', 'long live the gate']);
  await closed;
});

test.for([Infinity, 2 ** 32, 30_000.5])(
  'an app whose start may take %d ms is served and reloaded',
  async (startMs) => {
    const server = (edition: number): string =>
      `require('http').createServer((_, response) => response.end('${edition}')).listen(0, '127.0.0.1');`;
    const { write, serve } = await appProject({ 'server.js': server(1) });
    const app = await serve('server.js', { swapper: { startMs } });
    await write({ 'server.js': server(2) });
    await app.reload();
    expect(await textOf(app.urls[0] ?? '')).toBe('2');
  },
);

test('connections of an app whose handlers never end do not outlast them', async () => {
  const { serve } = await appProject(gate(`process.on('SIGTERM', () => setInterval(() => {}, 1_000));`));
  const app = await serve('server.js', { shutdownMs: 50, swapper: { drainMs: 300_000, freeMs: 50 } });
  const told = text(await upgraded(app.urls[0] ?? ''));
  await app.close();
  expect(await told).toBe('');
});

test('a request that waits for the handlers of the app does not keep them from being run, nor the app alive after them, and no other is cut off', async () => {
  const { serve } = await appProject({
    'server.js': `
      let poll;
      const server = require('http').createServer((request, response) => {
        response.flushHeaders();
        if (request.method === 'GET') poll = response;
        else request.pipe(response);
      });
      server.listen(0, '127.0.0.1');
      process.on('SIGTERM', () => {
        poll.end('farewell');
        process.exit(0);
      });`,
  });
  const app = await serve('server.js', { lingerMs: 300_000, swapper: { drainMs: 300_000 } });
  const url = app.urls[0] ?? '';
  const asked = request(url, { method: 'POST' });
  asked.flushHeaders();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  const polled = await fetch(url);
  const closed = app.close();
  expect(await polled.text()).toBe('farewell');
  asked.end('and more');
  expect(await text(answer)).toBe('and more');
  await closed;
});

test('what a handler leaves behind ends before an app ends, also when the request ends after that has begun', async () => {
  const { folder, serve } = await appProject({
    'server.js': `
      const { writeFileSync } = require('fs');
      const { context } = require('liveswap/plugin');
      const server = require('http').createServer((request, response) => {
        response.flushHeaders();
        context.signal.addEventListener('abort', () => setImmediate(() => {
          response.end('sold');
          setTimeout(() => writeFileSync(__dirname + '/ledger', 'sold'), 1_500);
        }));
      });
      server.listen(0, '127.0.0.1');`,
  });
  const app = await serve('server.js', { lingerMs: 3_000, swapper: { drainMs: 300_000 } });
  const answer = await fetch(app.urls[0] ?? '');
  const closed = app.close();
  expect(await answer.text()).toBe('sold');
  await closed;
  expect(await readFile(join(folder, 'ledger'), 'utf8')).toBe('sold');
});
