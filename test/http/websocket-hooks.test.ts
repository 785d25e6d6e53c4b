import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { headerLinesOf } from '../../lib/http/websocket/header-lines.js';
import { WebSockets, type HookRunner } from '../../lib/http/websocket/web-sockets.js';
import type { Tunnel } from '../../lib/sockets/host/tunnel.js';
import type { PluginText } from '../helpers/compose-plugin.js';
import { loadIn, modes } from '../helpers/modes.js';
import { openServer } from '../helpers/web-plugin.js';
import { Client } from '../helpers/web-socket-client.js';

const hall = (hooks: string): PluginText => ({
  name: 'hall',
  http: `{ fetch: () => new Response('plain'), websocket: { ${hooks} } }`,
});

describe.each(modes)('in mode %s', (mode) => {
  test('pings of a client are told and answered, and so are its answers to those of a hook', async () => {
    const swapper = await loadIn(mode, [
      hall(`
        message(peer, message) { peer.ping(message.text()); },
        ping(peer, data) { peer.send('ping ' + new TextDecoder().decode(data)); },
        pong(peer, data) { peer.send('pong ' + new TextDecoder().decode(data)); },
        error(peer, error) { peer.send(error.code); },
      `),
    ]);
    const client = await Client.open((await openServer(swapper)).url);
    const answered = once(client.socket, 'pong');
    client.socket.ping('dark wings');
    expect(await client.next()).toBe('ping dark wings');
    expect(String((await answered)[0])).toBe('dark wings');
    expect(await client.ask('dark words')).toBe('pong dark words');
    expect(await client.ask('x'.repeat(126))).toBe('OPTION_INVALID');
  });

  test('a plugin is asked for the hooks that it has, and no others', async () => {
    const swapper = await loadIn(mode, [hall('message: (peer, message) => { peer.send(message.text()); }')]);
    const { url } = await openServer(swapper);
    const [first, second] = [await Client.open(url), await Client.open(url)];
    first.socket.ping();
    expect(await first.ask('hail')).toBe('hail');
    first.socket.close();
    await first.closed;
    expect(await second.ask('hail')).toBe('hail');
    await expect.poll(() => swapper.stats().plugins[0]?.calls).toBe(2);
  });
});

test('the peers of several threads are shared among them, and each stays with its own', async () => {
  const message = 'message: (peer) => { peer.send(String(context.thread.index)); }';
  const swapper = await loadIn('threads', [hall(message)], { threads: 2 });
  const { url } = await openServer(swapper);
  const clients = await Promise.all(Array.from({ length: 6 }, () => Client.open(url)));
  const indexes: string[] = [];
  for (const client of clients) {
    const index = await client.ask('where?');
    expect(await client.ask('where?')).toBe(index);
    indexes.push(index);
  }
  expect(indexes.sort()).toEqual(['0', '0', '0', '1', '1', '1']);
});

/** Opens a port whose WebSockets wait for the hooks of `runner`. */
async function openHall(runner: () => HookRunner | undefined): Promise<{ sockets: WebSockets; url: string }> {
  const sockets = new WebSockets(runner, { maxPayloadBytes: 1_000, maxBufferedBytes: 1_000 });
  const server = createServer().on('upgrade', (req, socket) => {
    const headerLines = headerLinesOf(req.rawHeaders);
    const facts = { url: '/', namespace: '/', remoteAddress: undefined, context: undefined };
    sockets.take(socket, [], { kind: 'websocket', headerLines, headers: [], protocol: undefined, ...facts });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    sockets.abandon();
    server.close();
  });
  return { sockets, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

test('a ping that comes while no thread is up is told to the next one', async () => {
  const told: unknown[] = [];
  const tunnel = { note: (note: unknown) => void told.push(note) } as unknown as Tunnel;
  let runner: HookRunner | undefined;
  const { sockets, url } = await openHall(() => runner);
  const client = await Client.open(url);
  const answered = once(client.socket, 'pong');
  client.socket.ping('dark wings');
  await answered;
  runner = { tunnel, hooks: new Set(['ping']), begin: () => () => {} };
  sockets.resume();
  expect(told).toMatchObject([{ kind: 'hook', event: { hook: 'ping', data: 'dark wings' } }]);
});

test('whoever closes the sockets learns when they are gone, although somebody else closes them meanwhile', async () => {
  const tunnel = { note: () => {} } as unknown as Tunnel;
  const { sockets, url } = await openHall(() => ({ tunnel, hooks: new Set(), begin: () => () => {} }));
  await Client.open(url);
  await Promise.all([sockets.close(1001, 'The server is closing.'), sockets.close(1013, 'Try again later.')]);
  expect(sockets.size).toBe(0);
});
