import { Agent } from 'node:http';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { appProject } from '../helpers/app-project.js';
import { nextEvent } from '../helpers/next-event.js';
import { textOf } from '../helpers/text-of.js';
import { warningLogger } from '../helpers/quiet-logger.js';

/** Returns a server that opens a file exclusively while it is evaluated, and closes it when its process is told to end. */
const server = (edition: number): string => `
  const fs = require('fs');
  const lock = __dirname + '/data/lock';
  fs.mkdirSync(__dirname + '/data', { recursive: true });
  fs.closeSync(fs.openSync(lock, 'wx'));
  const { context } = require('liveswap/plugin');
  const { tell, release } = context.vault.extension;
  tell('opens ${edition}');
  const server = require('http').createServer(async (request, response) => {
    if (request.url === '/slow') {
      tell('slow ${edition}');
      await release();
    }
    response.end('${edition}');
  });
  process.on('SIGTERM', () => {
    server.close();
    fs.unlinkSync(lock);
    tell('closes ${edition}');
    process.exit();
  });
  server.listen(0, '127.0.0.1');`;

interface Served {
  readonly first?: string;
  readonly onReload?: () => void;
  /** Resolves when a slow request may be answered. */
  readonly release?: () => Promise<void>;
}

async function served({
  first = server(1),
  onReload = () => {},
  release = () => Promise.resolve(),
}: Served = {}) {
  const told: string[] = [];
  const { logger, warned } = warningLogger();
  const { folder, write, serve } = await appProject({ 'server.js': first });
  const app = await serve('server.js', {
    exclusive: 'start',
    swapper: {
      extension: () => ({ tell: (text: string) => void told.push(text), release }),
      onReload,
      logger,
    },
  });
  const [url = ''] = app.urls;
  const agent = new Agent({ keepAlive: true, maxSockets: 6 });
  onTestFinished(() => agent.destroy());
  const get = (path = ''): Promise<string> => textOf(url + path, agent);
  return { app, folder, write, told, warned, get };
}

test('an app that may be open only once ends before the next version begins; requests wait, and none fails', async () => {
  let begun: Promise<unknown> = Promise.resolve();
  const { app, write, told, warned, get } = await served({ release: () => begun.then(() => {}) });
  let isOver = false;
  const answers: string[] = [];
  const clients = Array.from({ length: 4 }, async () => {
    while (!isOver) answers.push(await get());
  });
  for (let edition = 2; edition <= 4; edition++) {
    begun = nextEvent(app.swapper, 'reloadStarted');
    const slow = get('/slow');
    await expect.poll(() => told).toContain(`slow ${edition - 1}`);
    await write({ 'server.js': server(edition) });
    expect(await app.reload()).toEqual({ gate: 'ok' });
    expect(await slow).toBe(String(edition - 1));
    expect(await get()).toBe(String(edition));
  }
  isOver = true;
  await Promise.all(clients);
  expect(answers.filter((text) => !/^[1-4]$/.test(text))).toEqual([]);
  expect(told.filter((text) => !text.startsWith('slow'))).toEqual([
    'opens 1',
    'closes 1',
    'opens 2',
    'closes 2',
    'opens 3',
    'closes 3',
    'opens 4',
  ]);
  expect(warned.filter((text) => /Requests waited \d+ ms/.test(text))).toHaveLength(1);
});

test('a version that has ended leaves nothing that waits for its addresses', async () => {
  const warned: string[] = [];
  const onWarning = ({ message }: Error): void => void warned.push(message);
  process.on('warning', onWarning);
  onTestFinished(() => void process.off('warning', onWarning));
  const { app, write, get } = await served();
  // The platform warns of more than ten listeners.
  for (let edition = 2; edition <= 13; edition++) {
    await write({ 'server.js': server(edition) });
    await app.reload();
  }
  expect(await get()).toBe('13');
  expect(warned).toEqual([]);
});

test('a request that outlasts the connections that stay is answered, although the thread is busy as it ends', async () => {
  const long = (edition: number): string => `
    const { context } = require('liveswap/plugin');
    const server = require('http').createServer((request, response) => {
      if (request.url !== '/long') return response.end('${edition}');
      context.vault.extension.tell('long');
      setTimeout(() => response.end('long ${edition}'), 1_500);
      // The end of the request is told at once, its bytes when this turn of the loop is over.
      response.once('close', () =>
        process.nextTick(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500)));
    });
    server.listen(0, '127.0.0.1');`;
  const { app, write, told, get } = await served({ first: long(1) });
  const answer = get('/long');
  await expect.poll(() => told).toContain('long');
  await write({ 'server.js': long(2) });
  await app.reload();
  expect(await answer).toBe('long 1');
  expect(await get()).toBe('2');
});

test('when the next version throws, the old one begins again from its frozen files, and requests that waited are its', async () => {
  const { app, write, told, get, folder } = await served();
  await write({ 'server.js': `${server(2)}\nrequire('fs').unlinkSync(lock);\nthrow new Error('no steel');` });
  const refused = expect(app.reload()).rejects.toMatchObject({
    code: 'RELOAD_FAILED',
    cause: { message: expect.stringContaining('no steel') as string },
  });
  const answers = await Promise.all([1, 2, 3].map(() => get()));
  await refused;
  expect(answers).toEqual(['1', '1', '1']);
  expect(await get()).toBe('1');
  expect(told).toEqual(['opens 1', 'closes 1', 'opens 2', 'opens 1']);
  await write({ 'server.js': server(3) });
  expect(await app.reload()).toEqual({ gate: 'ok' });
  expect(await get()).toBe('3');
  await app.close();
  expect(existsSync(join(folder, 'data/lock'))).toBe(false);
});

test('an old version that cannot begin again at once is tried again, and answers what has waited', async () => {
  const guard = `if (require('fs').existsSync(__dirname + '/data/storm')) throw new Error('a storm');`;
  const { app, write, get, folder } = await served({ first: `${guard}\n${server(1)}` });
  const storm = join(folder, 'data/storm');
  await writeFile(storm, '');
  await write({ 'server.js': `${server(2)}\nfs.unlinkSync(lock);\nthrow new Error('no steel');` });
  const crashed = nextEvent(app.swapper, 'threadCrashed', ({ error }) => error.message.includes('a storm'));
  await expect(app.reload()).rejects.toMatchObject({ code: 'RELOAD_FAILED' });
  const waiting = get();
  await crashed;
  await rm(storm);
  expect(await waiting).toBe('1');
});

test('a version that onReload refuses gives up what it has opened before the old one begins again', async () => {
  let isRefused = false;
  const { app, write, told, get } = await served({
    onReload: () => {
      if (isRefused) throw new Error('not today');
    },
  });
  isRefused = true;
  await write({ 'server.js': server(2) });
  await expect(app.reload()).rejects.toMatchObject({ cause: { code: 'RELOAD_VETOED' } });
  expect(await get()).toBe('1');
  expect(told).toEqual(['opens 1', 'closes 1', 'opens 2', 'closes 2', 'opens 1']);
});
