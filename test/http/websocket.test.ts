import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { toNodeHandler } from '../../lib/http/index.js';
import { artifactFileName } from '../../lib/manifest/artifact.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { loadIn, modes } from '../helpers/modes.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { openServer } from '../helpers/web-plugin.js';
import { Client } from '../helpers/web-socket-client.js';

const room = (hooks: string, more: Partial<PluginText> = {}): PluginText => ({
  name: 'hall',
  http: `{ fetch: () => new Response('plain'), websocket: { ${hooks} } }`,
  ...more,
});
const edition = (name: string): PluginText =>
  room(`message(peer, message) {
    peer.context.heard = (peer.context.heard ?? 0) + 1;
    peer.send('${name} ' + message.text() + ' ' + peer.context.heard + ' ' + peer.id);
  }`);

describe.each(modes)('in mode %s', (mode) => {
  test.each([undefined, { '/hall': 'hall', '/': 'hall' }])(
    'hooks run with what a peer sends, mounts: %j',
    async (mount) => {
      const swapper = await loadIn(mode, [
        room(`
        upgrade: (request) => ({ headers: { 'x-lord': 'Ned' }, context: { path: new URL(request.url).pathname } }),
        open: (peer) => { peer.send({ open: peer.context.path, from: peer.remoteAddress, ns: peer.namespace, url: peer.request.url.replace(/:\\d+/, '') }); },
        message: (peer, message) => { peer.send(typeof message.rawData === 'string' ? message.text().toUpperCase() : message.uint8Array().map((one) => one + 1)); },
      `),
      ]);
      const { url } = await openServer(swapper, mount ? { mount } : {});
      const client = new Client(`${url}hall/door?x=1`);
      const [response] = (await once(client.socket, 'upgrade')) as [{ headers: Record<string, string> }];
      expect(response.headers['x-lord']).toBe('Ned');
      const path = mount ? '/door' : '/hall/door';
      const seen = { open: path, from: '127.0.0.1', ns: '/hall/door', url: `http://127.0.0.1${path}?x=1` };
      expect(JSON.parse(await client.next())).toEqual(seen);
      expect(await client.ask('hodor żółć')).toBe('HODOR ŻÓŁĆ');
      client.socket.send(Buffer.from([1, 2, 3]));
      expect(await client.next()).toBe('bytes 2 3 4');
      expect(await (await fetch(`${url}hall/x`)).text()).toBe('plain');
    },
  );

  test('an upgrade is refused with a response, and plain requests are still answered on other connections', async () => {
    const swapper = await loadIn(mode, [
      room(`upgrade() { throw new Response('no crows', { status: 403, headers: { 'x-why': 'oath' } }); }`),
    ]);
    const { url } = await openServer(swapper);
    const client = new Client(url);
    const [, response] = (await once(client.socket, 'unexpected-response')) as [
      unknown,
      { statusCode: number; headers: object },
    ];
    expect(response).toMatchObject({ statusCode: 403, headers: { 'x-why': 'oath' } });
    expect(await (await fetch(url)).text()).toBe('plain');
  });

  test('rooms: topics of a namespace, the sender left out, and publishing without a peer', async () => {
    const swapper = await loadIn(mode, [
      room(
        `open: (peer) => { peer.subscribe('ravens'); peer.send('in'); },
         message: (peer, message) => { peer.publish('ravens', message.text()); peer.send('sent'); }`,
        {
          live: {
            live_tell: `() => host.tellService('http', { kind: 'publish', topic: 'ravens', data: { bytes: 'from a job' } })`,
          },
        },
      ),
    ]);
    const server = await openServer(swapper);
    const [ned, cat, elsewhere] = await Promise.all(
      ['a', 'a', 'b'].map((path) => Client.open(`${server.url}${path}`)),
    );
    if (!ned || !cat || !elsewhere) throw new Error('Nobody came.');
    await Promise.all([ned.next(), cat.next(), elsewhere.next()]);
    expect(await ned.ask('dark wings')).toBe('sent');
    expect(await cat.next()).toBe('dark wings');
    await swapper.call('live_tell');
    expect(await Promise.all([ned.next(), cat.next(), elsewhere.next()])).toEqual(
      Array(3).fill('from a job'),
    );
    server.publish('ravens', { words: 1 }, { namespace: '/b' });
    expect(await elsewhere.next()).toBe('{"words":1}');
  });

  test('close and a hook that throws are told; the next message comes after the one before has ended', async () => {
    const swapper = await loadIn(mode, [
      room(
        `async message(peer, message) {
           if (message.text() === 'throw') throw new Error('a bad hook');
           await new Promise((resolve) => setImmediate(resolve));
           peer.send(message.text());
         },
         error: (peer, error) => { peer.send('error ' + error.message); },
         close: (peer, details) => { process.emit('peer closed', details); }`,
        { live: { live_closed: `() => new Promise((resolve) => process.once('peer closed', resolve))` } },
      ),
    ]);
    const { url } = await openServer(swapper);
    const client = await Client.open(url);
    for (const text of ['1', '2', 'throw', '3']) client.socket.send(text);
    const heard = [await client.next(), await client.next(), await client.next(), await client.next()];
    expect(heard).toEqual(['1', '2', 'error a bad hook', '3']);
    const closed = swapper.call('live_closed');
    client.socket.close(4001, 'farewell');
    expect(await closed).toEqual({ code: 4001, reason: 'farewell' });
  });

  test('members that a peer cannot have here say so, and a context that is too large ends it', async () => {
    const swapper = await loadIn(mode, [
      room(`message(peer, message) {
        if (message.text() === 'peers') try { peer.peers } catch (error) { return void peer.send(error.code); }
        if (message.text() === 'raw') try { peer.websocket.send } catch (error) { return void peer.send(error.code + peer.websocket.readyState); }
        peer.context.much = 'x'.repeat(20_000);
      },
      error: (peer, error) => { peer.send(error.message.slice(0, 26)); }`),
    ]);
    const { url } = await openServer(swapper);
    const client = await Client.open(url);
    expect(await client.ask('peers')).toBe('NOT_CLONEABLE');
    expect(await client.ask('raw')).toBe('NOT_CLONEABLE1');
    expect(await client.ask('much')).toMatch(/^peer.context is/);
    expect(await client.closed).toBe(1011);
  });

  test('closing the swapper sees clients off, and their hooks run', async () => {
    const swapper = await loadIn(mode, [edition('one')]);
    const server = await openServer(swapper);
    const client = await Client.open(server.url);
    expect(await client.ask('hello')).toMatch(/^one hello 1/);
    await swapper.close();
    expect(await client.closed).toBe(1001);
    await server.close();
  });
});

test('a socket outlives reloads, a rollback and the death of its thread, with its id and context', async () => {
  const folder = await tempFolder();
  await deploy(folder, edition('one'));
  const swapper = openSwapper(folder);
  await swapper.load();
  const { url } = await openServer(swapper);
  const client = await Client.open(url);
  const [, , , id] = (await client.ask('a')).split(' ');
  for (const name of ['two', 'three']) {
    await deploy(folder, edition(name));
    await swapper.reload();
    expect((await client.ask('b')).split(' ')).toMatchObject({ 0: name, 3: id });
  }
  await swapper.rollback();
  expect(await client.ask('c')).toBe(`two c 4 ${id}`);
  // No socket keeps a version that was replaced.
  await expect.poll(() => swapper.stats().plugins[0]?.versions.length).toBe(1);

  await deploy(
    folder,
    room(`message(peer, message) {
        if (message.text() === 'die') setImmediate(() => { throw new Error('winter'); });
        else peer.send('alive ' + peer.context.heard);
        if (message.text() === 'die') { peer.context.heard = 99; return new Promise(() => {}); }
      },
      error: (peer, error) => { peer.send(error.code); }`),
  );
  await swapper.reload();
  expect(await client.ask('die')).toBe('THREAD_CRASHED');
  expect(await client.ask('still there?')).toBe('alive 4');
});

test('a hook that never ends keeps its version until drainMs; then the newest is told, and what waited', async () => {
  const hangs = (name: string): PluginText =>
    room(`message: (peer, message) => message.text() === 'hang' ? new Promise(() => {}) : void peer.send('${name} ' + message.text()),
          error: (peer, error) => { peer.send('${name} ' + error.code); }`);
  const folder = await tempFolder();
  await deploy(folder, hangs('one'));
  const swapper = openSwapper(folder, { drainMs: 300 });
  await swapper.load();
  const { url } = await openServer(swapper);
  const [client, other] = [await Client.open(url), await Client.open(url)];
  client.socket.send('hang');
  client.socket.send('waits');
  expect(await other.ask('hail')).toBe('one hail');
  await deploy(folder, hangs('two'));
  await swapper.reload();
  expect(await other.ask('hail')).toBe('two hail');
  expect(await client.next()).toBe('two RETIRED');
  expect(await client.next()).toBe('two waits');
});

test('messages in flight are told in order, each once, across twenty reloads', async () => {
  const folder = await tempFolder();
  await deploy(folder, edition('0'));
  const swapper = openSwapper(folder);
  await swapper.load();
  const { url } = await openServer(swapper);
  const client = await Client.open(url);
  let sent = 0;
  for (let reload = 1; reload <= 20; reload++) {
    for (let count = 0; count < 5; count++) client.socket.send(String(++sent));
    await deploy(folder, edition(String(reload)));
    const reloaded = swapper.reload();
    for (let count = 0; count < 5; count++) client.socket.send(String(++sent));
    await reloaded;
  }
  for (let expected = 1; expected <= sent; expected++) {
    const [, text, heard] = (await client.next()).split(' ');
    expect([Number(text), Number(heard)]).toEqual([expected, expected]);
  }
});

test('a plugin that has no WebSockets any more closes them with 1012; a message that is too long does with 1009', async () => {
  const folder = await tempFolder();
  await deploy(folder, edition('one'));
  const swapper = openSwapper(folder);
  await swapper.load();
  const { url } = await openServer(swapper, { maxPayloadBytes: 1_000 });
  const [client, loud] = [await Client.open(url), await Client.open(url)];
  loud.socket.send('x'.repeat(2_000));
  expect(await loud.closed).toBe(1009);
  await deploy(folder, { name: 'hall', http: `{ fetch: () => new Response('plain') }` });
  await swapper.reload();
  expect(await client.closed).toBe(1012);
});

test('the sockets of a plugin that leaves are closed with 1012, and no other’s', async () => {
  const folder = await tempFolder();
  await deploy(folder, edition('one'), { ...edition('two'), name: 'armory' });
  const swapper = openSwapper(folder);
  await swapper.load();
  const { url } = await openServer(swapper, { mount: { '/': 'hall', '/armory': 'armory' } });
  const [leaving, staying] = [await Client.open(url), await Client.open(`${url}armory/`)];
  await rm(join(folder, artifactFileName('hall')));
  await swapper.reload();
  expect(await leaving.closed).toBe(1012);
  expect(await staying.ask('hail')).toMatch(/^two hail 1/);
});

test('a handler whose plugin had WebSockets, and has none any more, can be closed', async () => {
  const folder = await tempFolder();
  await deploy(folder, edition('one'));
  const swapper = openSwapper(folder);
  await swapper.load();
  const handler = toNodeHandler(swapper, { plugin: 'hall' });
  const server = createServer(handler).on('upgrade', handler.upgrade).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const client = await Client.open(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await deploy(folder, { name: 'hall', http: `{ fetch: () => new Response('plain') }` });
  await swapper.reload();
  expect(await client.closed).toBe(1012);
  await handler.close();
});
