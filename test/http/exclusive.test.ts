import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { HttpServer } from '../../lib/http/index.js';
import type { Swapper, SwapperOptions } from '../../lib/index.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { deferred } from '../helpers/deferred.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { RawClient } from '../helpers/socket-crossing.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { openServer } from '../helpers/web-plugin.js';

const till = (release: number): PluginText => ({
  name: 'till',
  exclusive: true,
  live: { live_release: `() => ${release}` },
  http: `{
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === '/held') await context.vault.extension.answers();
      if (request.method === 'POST' && pathname !== '/early') await request.text();
      // More than fits into what is on its way to a client that does not read.
      return new Response('.'.repeat(pathname === '/large' ? 20_000_000 : 0) + '${release} ' + pathname + ';');
    },
  }`,
  hooks: { onYield: '() => context.vault.extension.yields()' },
});

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: here\r\n\r\n`;

/** Opens a server of the first version, where one request waits until the host lets it answer. */
async function openTill(
  options: SwapperOptions = {},
): Promise<{ folder: string; swapper: Swapper; server: HttpServer; asked: Promise<void>; goOn: () => void }> {
  const folder = await tempFolder();
  await deploy(folder, till(1));
  const [answers, asked] = [deferred(), deferred()];
  const extension = {
    yields: () => {},
    answers: () => {
      asked.resolve();
      return answers.promise;
    },
  };
  const swapper = openSwapper(folder, { extension: () => extension, ...options });
  await swapper.load();
  const server = await openServer(swapper);
  return { folder, swapper, server, asked: asked.promise, goOn: () => answers.resolve() };
}

test('a request of which a part has come when the gate closes is answered by the version that takes over', async () => {
  const folder = await tempFolder();
  await deploy(folder, till(1));
  const yields = deferred();
  const swapper = openSwapper(folder, { extension: () => ({ yields: () => yields.promise }) });
  await swapper.load();
  const { port } = await openServer(swapper);
  const [slow, quick] = [new RawClient(port), new RawClient(port)];
  slow.write('GET /slow HTTP/1.1\r\nho');
  quick.write('GET /quick HTTP/1.1\r\nhost: here\r\n\r\n');
  await quick.until('1 /quick;');
  await deploy(folder, till(2));
  const reloaded = swapper.reload();
  await expect.poll(() => swapper.stats().plugins[0]?.versions.length).toBe(2);
  slow.write('st: here\r\n');
  yields.resolve();
  await reloaded;
  slow.write('\r\n');
  expect(await slow.until('/slow;')).toContain('2 /slow;');
});

test.each([
  ['a request with a body', 'POST /held HTTP/1.1\r\nhost: here\r\ncontent-length: 4\r\n\r\nfour'],
  ['another one that was sent with it', `${get('/first')}${get('/held')}`],
])('a head that has begun behind %s is the next version’s, too', async (_what, before) => {
  const { folder, swapper, server, asked, goOn } = await openTill();
  const client = new RawClient(server.port);
  client.write(`${before}GET /next HTTP/1.1\r\nho`);
  await asked;
  await deploy(folder, till(2));
  const reloaded = swapper.reload();
  await expect.poll(() => swapper.stats().plugins[0]?.versions.length).toBe(2);
  goOn();
  await client.until('1 /held;');
  await reloaded;
  client.write('st: here\r\n\r\n');
  expect(await client.until('2 /next;')).not.toContain('1 /next');
});

test('a request behind the body of one that was answered early is the next version’s, too', async () => {
  const folder = await tempFolder();
  await deploy(folder, till(1));
  const swapper = openSwapper(folder, { extension: () => ({ yields: () => {} }) });
  await swapper.load();
  const { port } = await openServer(swapper);
  const client = new RawClient(port);
  client.write('POST /early HTTP/1.1\r\nhost: here\r\ncontent-length: 8\r\n\r\nhalf');
  await client.until('1 /early;');
  await deploy(folder, till(2));
  await swapper.reload();
  client.write(`half${get('/next')}`);
  expect(await client.until('/next;')).toContain('2 /next;');
});

/** Resolves to a client that asks for more than it reads. */
async function slowClient(port: number): Promise<Socket> {
  const client = connect({ port, host: '127.0.0.1' }).setEncoding('latin1');
  onTestFinished(() => void client.destroy());
  client.write(get('/large'));
  await once(client, 'data');
  return client.pause();
}

test('requests behind an answer that a slow client has yet to read are each answered once, in order; those not begun, by the next version', async () => {
  const { folder, swapper, server, asked, goOn } = await openTill();
  const [client, poster] = [await slowClient(server.port), new RawClient(server.port)];
  client.write(get('/held'));
  poster.write('POST /post HTTP/1.1\r\nhost: here\r\ncontent-length: 8\r\n\r\nhalf');
  await asked;
  for (const path of ['/2', '/3', '/4']) client.write(get(path));
  await expect.poll(() => swapper.stats().plugins[0]?.versions[0]?.pending).toHaveLength(3);
  await deploy(folder, till(2));
  const reloaded = swapper.reload();
  const isClosed = (): boolean => {
    void swapper.call('live_release');
    return swapper.stats().plugins[0]?.versions.some(({ queued }) => queued > 0) === true;
  };
  await expect.poll(isClosed).toBe(true);
  // When this request is answered, the thread also knows that no request may begin there any more: bytes and that message share
  // one way.
  poster.write('half');
  await poster.until('1 /post;');
  goOn();
  expect(await reloaded).toEqual({ till: 'ok' });
  let text = '';
  for await (const chunk of client) {
    text += String(chunk).replace(/\.{2,}/g, '');
    if (text.includes('/4;')) break;
  }
  expect(text.match(/\d \/\w+;/g)).toEqual(['1 /large;', '1 /held;', '2 /2;', '2 /3;', '2 /4;']);
});

test('a request does not wait for a client that reads slowly, although one is answered at a time', async () => {
  const { folder, swapper, server, asked, goOn } = await openTill({ concurrency: 1 });
  await slowClient(server.port);
  const held = fetch(new URL('/held', server.url));
  await asked;
  const next = fetch(new URL('/next', server.url));
  await expect.poll(() => swapper.stats().plugins[0]?.versions[0]?.pending).toHaveLength(3);
  goOn();
  expect(await (await held).text()).toBe('1 /held;');
  expect(await (await next).text()).toBe('1 /next;');
  await deploy(folder, till(2));
  await swapper.reload();
  expect(await (await fetch(server.url)).text()).toBe('2 /;');
});

test('a request that still runs is named when the hand-over is refused for it', async () => {
  const { folder, swapper, server, asked, goOn } = await openTill({ yieldMs: 500 });
  const held = fetch(new URL('/held', server.url));
  await asked;
  await deploy(folder, till(2));
  await expect(swapper.reload()).rejects.toMatchObject({
    cause: {
      code: 'YIELD_TIMEOUT',
      message: expect.stringContaining('1 calls (till.http GET)') as string,
      calls: [{ plugin: 'till', name: 'http GET', thread: 0, ageMs: expect.any(Number) as number }],
    },
  });
  goOn();
  expect(await (await held).text()).toBe('1 /held;');
});
