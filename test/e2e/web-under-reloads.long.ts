import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { Client } from '../helpers/web-socket-client.js';
import { openServer } from '../helpers/web-plugin.js';

const RELOADS = 20;
const MEGABYTE = 1_048_576;

/** A page, an upload, a download, events that end with their version, and a room. */
const hall = (edition: number): PluginText => ({
  name: 'hall',
  http: `{
    async fetch(request) {
      const path = new URL(request.url).pathname;
      if (path === '/upload') return new Response('${edition} ' + (await request.arrayBuffer()).byteLength);
      if (path === '/megabyte') return new Response('${edition} '.padEnd(${MEGABYTE}, 'x'));
      if (path !== '/events') return new Response('${edition}');
      const encode = (line) => new TextEncoder().encode(line + '\\n');
      const { signal } = context;
      return new Response(new ReadableStream({
        start(controller) {
          controller.enqueue(encode('begun by ${edition}'));
          const end = () => { controller.enqueue(encode('ended by ${edition}')); controller.close(); };
          if (signal.aborted) end();
          else signal.addEventListener('abort', end, { once: true });
        },
      }));
    },
    websocket: {
      open(peer) { peer.subscribe('room'); },
      message(peer, message) { peer.publish('room', 'heard'); peer.send('${edition} ' + message.text()); },
    },
  }`,
});

/** Makes a client with kept connections: a request resolves to its answer, and rejects if that is incomplete or missing. */
function asker(port: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const ask = (path: string, body?: Buffer): Promise<string> =>
    new Promise((resolve, reject) => {
      const method = body ? 'POST' : 'GET';
      const asked = request({ port, host: '127.0.0.1', path, method, agent }, (response) => {
        if (response.statusCode !== 200) reject(new Error(`${path}: ${response.statusCode}`));
        text(response).then(resolve, reject);
      });
      asked.on('error', reject).end(body);
    });
  return { ask, close: () => agent.destroy() };
}

test('twenty reloads under requests, uploads, downloads, streams and sockets at once fail none of them', async () => {
  const folder = await tempFolder();
  await deploy(folder, hall(0));
  const swapper = openSwapper(folder, { standby: true });
  await swapper.load();
  const server = await openServer(swapper);
  const { ask, close } = asker(server.port);
  let edition = 0;
  let isOver = false;
  const counts: Record<string, number> = {};
  /** Repeats `one`, and checks that each run finds the edition at its beginning, or a later one. */
  const over = async (name: string, one: (before: number) => Promise<number>): Promise<void> => {
    while (!isOver) {
      const before = edition;
      expect(await one(before), name).toBeGreaterThanOrEqual(before);
      counts[name] = (counts[name] ?? 0) + 1;
    }
  };
  const upload = Buffer.alloc(MEGABYTE, 'x');
  const page = async (): Promise<number> => Number(await ask('/'));
  const up = async (): Promise<number> => {
    const [answered, length] = (await ask('/upload', upload)).split(' ');
    expect(Number(length)).toBe(MEGABYTE);
    return Number(answered);
  };
  const down = async (): Promise<number> => {
    const body = await ask('/megabyte');
    expect(body).toHaveLength(MEGABYTE);
    return Number.parseInt(body, 10);
  };
  const events = async (): Promise<number> => {
    const [, begun, ended] = /^begun by (\d+)\nended by (\d+)\n$/.exec(await ask('/events')) ?? [];
    expect(ended).toBe(begun);
    return Number(ended);
  };
  const clients = await Promise.all(Array.from({ length: 8 }, () => Client.open(server.url)));
  let lost = 0;
  for (const { closed } of clients) void closed.then(() => lost++);
  const talk = (client: Client) => async (before: number) => {
    client.socket.send(`since ${before}`);
    for (;;) {
      const [answered, ...words] = (await client.next()).split(' ');
      if (words.join(' ') === `since ${before}`) return Number(answered);
    }
  };
  const load = Promise.all([
    over('page', page),
    over('page', page),
    over('up', up),
    over('down', down),
    over('events', events),
    over('events', events),
    ...clients.map((client) => over('socket', talk(client))),
  ]);
  for (let next = 1; next <= RELOADS; next++) {
    const before = { ...counts };
    await deploy(folder, hall(next));
    await swapper.reload();
    edition = next;
    // Each client has also done something between two reloads; streams of events have ended by now, or will with the next reload.
    const done = (name: string): boolean => (counts[name] ?? 0) > (before[name] ?? 0);
    await expect.poll(() => ['page', 'up', 'down', 'socket'].every(done), { interval: 5 }).toBe(true);
  }
  isOver = true;
  // Streams of events end with their version.
  await deploy(folder, hall(RELOADS + 1));
  await swapper.reload();
  await load;
  expect(lost).toBe(0);
  expect(counts['events']).toBeGreaterThanOrEqual(RELOADS);
  await expect.poll(() => swapper.stats().plugins[0]?.versions.length).toBe(1);
  close();
});
