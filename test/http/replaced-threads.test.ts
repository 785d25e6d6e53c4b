import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { toFetchHandler, toNodeHandler } from '../../lib/http/index.js';
import { deploy } from '../helpers/compose-plugin.js';
import { nextEvent } from '../helpers/next-event.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { openServer } from '../helpers/web-plugin.js';
import { Client } from '../helpers/web-socket-client.js';

test('a port that is opened while a thread comes up again answers once that has its place', async () => {
  const folder = await tempFolder();
  const [fallen, mayRise] = [join(folder, 'fallen'), join(folder, 'rise')];
  await deploy(folder, {
    name: 'wall',
    // A thread that takes the place of the first one waits while it is imported.
    module: `
import { existsSync, writeFileSync } from 'node:fs';
if (existsSync(${JSON.stringify(fallen)})) {
  writeFileSync(${JSON.stringify(`${fallen} again`)}, '');
  while (!existsSync(${JSON.stringify(mayRise)})) await new Promise((resolve) => setTimeout(resolve, 5));
}
`,
    live: { live_fall: '() => { process.exit(3); }' },
    http: "{ fetch: () => new Response('it stands') }",
  });
  const swapper = openSwapper(folder);
  await swapper.load();
  await writeFile(fallen, '');
  const replaced = nextEvent(swapper, 'threadReplaced');
  await expect(swapper.call('live_fall')).rejects.toMatchObject({ code: 'THREAD_CRASHED' });
  await expect.poll(() => existsSync(`${fallen} again`)).toBe(true);
  const { url } = await openServer(swapper);
  const answer = fetch(url);
  await writeFile(mayRise, '');
  expect(await (await answer).text()).toBe('it stands');
  await replaced;
});

test('a port that is opened while a thread dies answers once another has its place', async () => {
  const folder = await tempFolder();
  const fallen = JSON.stringify(join(folder, 'fallen'));
  await deploy(folder, {
    name: 'wall',
    module: "import { existsSync, writeFileSync } from 'node:fs';",
    // This property is read when the port is opened, and its getter ends the first thread.
    http: `{
      fetch: () => new Response('it stands'),
      get websocket() {
        if (existsSync(${fallen})) return undefined;
        writeFileSync(${fallen}, '');
        process.exit(3);
      },
    }`,
  });
  const swapper = openSwapper(folder);
  await swapper.load();
  const { url } = await openServer(swapper);
  expect(await (await fetch(url)).text()).toBe('it stands');
});

test.each([
  ['is given up', { live_fall: '() => { process.exit(3); }' }, 'close() {}'],
  ['dies of a closing hook', {}, 'close() { process.exit(3); }'],
])('a swapper closes at once although its plugin with WebSockets %s', async (_, live, hooks) => {
  const folder = await tempFolder();
  await deploy(folder, {
    name: 'wall',
    live,
    http: `{ fetch: () => new Response('it stands'), websocket: { open(peer) { peer.send('open'); }, ${hooks} } }`,
  });
  const swapper = openSwapper(folder, { crashLoop: { crashes: 1 }, drainMs: Infinity });
  await swapper.load();
  const { url } = await openServer(swapper);
  for (let peers = 0; peers < 2; peers++) {
    const socket = new WebSocket(url.replace('http', 'ws'));
    onTestFinished(() => socket.terminate());
    await once(socket, 'message');
  }
  await swapper.call('live_fall').catch(() => {});
  await swapper.close();
  expect(swapper.stats().plugins).toMatchObject([{ versions: [] }]);
});

test('an answer for a plugin that is given up says when to ask again, where the host parses and where not', async () => {
  const folder = await tempFolder();
  const fallen = JSON.stringify(join(folder, 'fallen'));
  await deploy(folder, {
    name: 'wall',
    module: `
import { existsSync, writeFileSync } from 'node:fs';
if (existsSync(${fallen})) throw new Error('no stone is left');`,
    live: { live_fall: `() => { writeFileSync(${fallen}, ''); process.exit(3); }` },
    http: "{ fetch: () => new Response('it stands') }",
  });
  const swapper = openSwapper(folder, { crashLoop: { crashes: 1 } });
  await swapper.load();
  const { url } = await openServer(swapper);
  const handler = toFetchHandler(swapper, { plugin: 'wall' });
  const parsing = createServer(toNodeHandler(swapper, { plugin: 'wall' })).listen(0, '127.0.0.1');
  onTestFinished(() => void parsing.close());
  await once(parsing, 'listening');
  const { port } = parsing.address() as AddressInfo;
  await swapper.call('live_fall').catch(() => {});
  const answers = [
    await fetch(url),
    await fetch(`http://127.0.0.1:${port}/`),
    await handler(new Request('http://wall/')),
  ];
  for (const answer of answers)
    expect([answer.status, Number(answer.headers.get('retry-after')) > 0]).toEqual([503, true]);
});

test('the WebSockets of a plugin that is given up are closed with 1013, and others are taken once it is up again', async () => {
  const folder = await tempFolder();
  const fallen = join(folder, 'fallen');
  await deploy(folder, {
    name: 'wall',
    module: `
import { existsSync, writeFileSync } from 'node:fs';
if (existsSync(${JSON.stringify(fallen)})) throw new Error('no stone is left');
let left = 0;`,
    live: { live_fall: `() => { writeFileSync(${JSON.stringify(fallen)}, ''); process.exit(3); }` },
    http: `{
      fetch: () => new Response('it stands'),
      websocket: { message(peer) { peer.send('left: ' + left); }, close() { left++; } },
    }`,
  });
  const swapper = openSwapper(folder, { crashLoop: { crashes: 1 } });
  await swapper.load();
  const { url } = await openServer(swapper);
  const client = await Client.open(url);
  expect(await client.ask('hail')).toBe('left: 0');
  await swapper.call('live_fall').catch(() => {});
  expect(await client.closed).toBe(1013);
  await rm(fallen);
  await expect.poll(async () => (await fetch(url)).status, { timeout: 15_000 }).toBe(200);
  expect(await (await Client.open(url)).ask('hail')).toBe('left: 1');
});

test('the WebSockets of a young version that is given up stay open for the version that it is rolled back to', async () => {
  const folder = await tempFolder();
  const websocket = (name: string): string =>
    `{ fetch: () => new Response('${name}'), websocket: { message(peer) { peer.send('${name}'); } } }`;
  await deploy(folder, { name: 'wall', http: websocket('ice') });
  const swapper = openSwapper(folder, { crashLoop: { crashes: 1 } });
  await swapper.load();
  const { url } = await openServer(swapper);
  const client = await Client.open(url);
  await deploy(folder, {
    name: 'wall',
    live: { live_fall: '() => { process.exit(3); }' },
    http: websocket('sand'),
  });
  await swapper.reload();
  expect(await client.ask('what are you made of?')).toBe('sand');
  const reloaded = nextEvent(swapper, 'reloaded');
  await swapper.call('live_fall').catch(() => {});
  await reloaded;
  expect(await client.ask('and now?')).toBe('ice');
});
