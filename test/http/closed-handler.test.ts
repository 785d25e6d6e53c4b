import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { toNodeHandler } from '../../lib/http/index.js';
import { deploy } from '../helpers/compose-plugin.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { Client } from '../helpers/web-socket-client.js';

/** Opens a server whose WebSocket runs a hook that never ends. */
async function openRoom() {
  const folder = await tempFolder();
  await deploy(folder, {
    name: 'room',
    http: `{
      fetch: () => new Response(),
      websocket: { message: (peer) => { peer.send('heard'); return new Promise(() => {}); }, close() {} },
    }`,
  });
  const swapper = openSwapper(folder, { drainMs: 200, freeMs: 200 });
  await swapper.load();
  const handler = toNodeHandler(swapper, { plugin: 'room' });
  const server = createServer(handler).on('upgrade', handler.upgrade).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const client = await Client.open(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  expect(await client.ask('hail')).toBe('heard');
  return { swapper, handler, client };
}

test('a handler is closed within drainMs, although a hook of a WebSocket never ends', async () => {
  const { swapper, handler, client } = await openRoom();
  await handler.close();
  expect(await client.closed).toBe(1001);
  await swapper.close();
});

test('a handler is closed with its swapper', async () => {
  const { swapper, handler, client } = await openRoom();
  await swapper.close();
  await handler.close();
  expect(await client.closed).toBe(1001);
});
