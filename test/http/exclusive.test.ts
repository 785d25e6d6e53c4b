import { expect, test } from 'vitest';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { deferred } from '../helpers/deferred.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { RawClient } from '../helpers/socket-crossing.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { openServer } from '../helpers/web-plugin.js';

const till = (release: number): PluginText => ({
  name: 'till',
  exclusive: true,
  http: `{
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === '/held') await context.vault.extension.answers();
      if (request.method === 'POST' && pathname !== '/early') await request.text();
      return new Response('${release} ' + pathname + ';');
    },
  }`,
  hooks: { onYield: '() => context.vault.extension.yields()' },
});

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: here\r\n\r\n`;

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
  const swapper = openSwapper(folder, { extension: () => extension });
  await swapper.load();
  const { port } = await openServer(swapper);
  const client = new RawClient(port);
  client.write(`${before}GET /next HTTP/1.1\r\nho`);
  await asked.promise;
  await deploy(folder, till(2));
  const reloaded = swapper.reload();
  await expect.poll(() => swapper.stats().plugins[0]?.versions.length).toBe(2);
  answers.resolve();
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
