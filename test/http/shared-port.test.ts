import { describe, expect, test } from 'vitest';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { loadIn, modes } from '../helpers/modes.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { RawClient } from '../helpers/socket-crossing.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { openServer } from '../helpers/web-plugin.js';

/**
 * Answers with the plugin, the edition and the request. `/slow` waits for a signal, `/early` answers before the body has arrived,
 * `/die` ends the thread.
 */
const echo = (name: string, edition = 1): PluginText => ({
  name,
  http: `{ [Symbol.for('liveswap.nodeHandler')]: (req, res) => {
    const say = (text) => res.end('[' + ['${name}', ${edition}, req.method, req.url, text].join(' ') + ']');
    if (req.url === '/slow') return void process.once('${name} go', () => say('late'));
    if (req.url === '/early') return say('early');
    if (req.url === '/die') process.exit(3);
    let length = 0;
    req.on('data', (chunk) => (length += chunk.length)).on('end', () => say(length));
  } }`,
  live: { [`live_go_${name}`]: `() => process.emit('${name} go')` },
});
const mount = { '/': 'hall', '/api': 'armory' };
const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: keep\r\n\r\n`;
const post = (path: string, body: string): string =>
  `POST ${path} HTTP/1.1\r\nHost: keep\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const chunked = (path: string): string =>
  `POST ${path} HTTP/1.1\r\nHost: keep\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhodor\r\n0\r\n\r\n`;

/** Returns the answers in a text, in the order in which they came. */
const said = (text: string): string[] => text.match(/\[[^\]]*\]/g) ?? [];
async function answers(client: RawClient, count: number): Promise<string[]> {
  return said(await client.until(']', count));
}

describe.each(modes)('in mode %s', (mode) => {
  test('requests sent at once to several plugins are answered by each of them, in order', async () => {
    const server = await openServer(await loadIn(mode, [echo('hall'), echo('armory')]), { mount });
    const client = new RawClient(server.port);
    const big = 'x'.repeat(1_000_000);
    client.write(
      [get('/a'), get('/api/b'), get('/api'), post('/c', 'four'), post('/api/d', big), get('/e')].join(''),
    );
    expect(await answers(client, 6)).toEqual([
      '[hall 1 GET /a 0]',
      '[armory 1 GET /b 0]',
      '[armory 1 GET / 0]',
      '[hall 1 POST /c 4]',
      '[armory 1 POST /d 1000000]',
      '[hall 1 GET /e 0]',
    ]);
  });

  test('a request waits for the answer to the one before it, whoever gives that', async () => {
    const swapper = await loadIn(mode, [echo('hall'), echo('armory')]);
    const server = await openServer(swapper, { mount });
    const [client, other] = [new RawClient(server.port), new RawClient(server.port)];
    client.write(get('/slow') + get('/api/after'));
    other.write(get('/api/meanwhile'));
    expect(await answers(other, 1)).toEqual(['[armory 1 GET /meanwhile 0]']);
    await expect
      .poll(() => swapper.stats().plugins.map(({ versions }) => versions[0]?.pending.length))
      .toEqual([0, 1]);
    expect(client.text).toBe('');
    await swapper.call('live_go_hall');
    expect(await answers(client, 2)).toEqual(['[hall 1 GET /slow late]', '[armory 1 GET /after 0]']);
  });

  test('a request that is answered before it has arrived whole is read to its end, and the next plugin is asked', async () => {
    const server = await openServer(await loadIn(mode, [echo('hall'), echo('armory')]), { mount });
    const client = new RawClient(server.port);
    client.write('POST /early HTTP/1.1\r\nHost: keep\r\nContent-Length: 10\r\n\r\nhodor');
    expect(await answers(client, 1)).toEqual(['[hall 1 POST /early early]']);
    client.write(`hodor${get('/api/next')}`);
    expect(await answers(client, 2)).toContain('[armory 1 GET /next 0]');
  });

  test('a request that is not plain is parsed, in its turn, and so is all that follows', async () => {
    const server = await openServer(await loadIn(mode, [echo('hall'), echo('armory')]), { mount });
    const client = new RawClient(server.port);
    client.write(get('/a') + chunked('/api/b') + get('/c') + post('/api/d', 'four'));
    expect(await answers(client, 4)).toEqual([
      '[hall 1 GET /a 0]',
      '[armory 1 POST /b 5]',
      '[hall 1 GET /c 0]',
      '[armory 1 POST /d 4]',
    ]);
    const slowly = new RawClient(server.port);
    slowly.write('GET /api/in-two HTTP/1.1\r\nHo');
    await answers(client, 4);
    slowly.write('st: keep\r\n\r\n');
    expect(await answers(slowly, 1)).toEqual(['[armory 1 GET /in-two 0]']);
  });

  test('a client that never asks, or never asks again, is seen off in time', async () => {
    const server = await openServer(await loadIn(mode, [echo('hall'), echo('armory')]), {
      mount,
      headersTimeout: 400,
      keepAliveTimeout: 400,
    });
    const [silent, idle, busy] = [1, 2, 3].map(() => new RawClient(server.port)) as [
      RawClient,
      RawClient,
      RawClient,
    ];
    silent.socket.on('end', () => silent.socket.end());
    idle.socket.on('end', () => idle.socket.end());
    idle.write(get('/a'));
    busy.write(get('/slow'));
    await Promise.all([silent.closed, idle.closed]);
    expect(silent.text).toBe('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
    expect(said(idle.text)).toEqual(['[hall 1 GET /a 0]']);
    expect(busy.socket.closed).toBe(false);
  });

  test('closing the server closes what is silent or idle at once, and the others after their answer', async () => {
    const swapper = await loadIn(mode, [echo('hall'), echo('armory')]);
    const server = await openServer(swapper, { mount });
    const [silent, idle, busy] = [1, 2, 3].map(() => new RawClient(server.port)) as [
      RawClient,
      RawClient,
      RawClient,
    ];
    for (const { socket } of [silent, idle, busy]) socket.on('end', () => socket.end());
    idle.write(get('/api/a') + get('/a'));
    await answers(idle, 2);
    busy.write(get('/slow'));
    await expect.poll(() => swapper.stats().plugins[1]?.versions[0]?.pending.length).toBe(1);
    const closed = server.close();
    await Promise.all([silent.closed, idle.closed]);
    await swapper.call('live_go_hall');
    await Promise.all([busy.closed, closed]);
    expect(said(busy.text)).toEqual(['[hall 1 GET /slow late]']);
  });
});

test('a connection goes on over reloads, deaths and plugins that leave, and nobody else notices', async () => {
  const folder = await tempFolder();
  await deploy(folder, echo('hall'), echo('armory'));
  const swapper = openSwapper(folder);
  await swapper.load();
  const server = await openServer(swapper, { mount: { ...mount, '/gone': 'lost' } });
  const client = new RawClient(server.port);
  client.write(get('/a') + get('/api/b'));
  await answers(client, 2);
  await deploy(folder, echo('hall', 2), echo('armory', 2));
  await swapper.reload();
  client.write(get('/a') + get('/api/b'));
  expect((await answers(client, 4)).slice(2)).toEqual(['[hall 2 GET /a 0]', '[armory 2 GET /b 0]']);
  const doomed = new RawClient(server.port);
  doomed.socket.on('end', () => doomed.socket.end());
  doomed.write(get('/api/die'));
  await doomed.closed;
  expect(doomed.text).toContain('502 Bad Gateway');
  client.write(get('/api/b') + get('/a'));
  expect((await answers(client, 6)).slice(4)).toEqual(['[armory 2 GET /b 0]', '[hall 2 GET /a 0]']);
  const lost = new RawClient(server.port);
  lost.write(get('/gone/x'));
  expect(await lost.until('Service Unavailable')).toContain('503');
});

test('a connection that is idle when a plugin is replaced is kept as long as before, and nothing is written into it', async () => {
  const folder = await tempFolder();
  await deploy(folder, echo('hall'), echo('armory'));
  const swapper = openSwapper(folder);
  await swapper.load();
  const server = await openServer(swapper, {
    mount,
    headersTimeout: 1_000,
    connectionsCheckingInterval: 50,
    keepAliveTimeout: 60_000,
  });
  const client = new RawClient(server.port);
  client.write(get('/a') + get('/api/b'));
  await answers(client, 2);
  // This connection is opened only now, because silent connections are closed after a second.
  const idle = new RawClient(server.port);
  idle.write(get('/a'));
  await answers(idle, 1);
  await deploy(folder, echo('hall', 2));
  await swapper.reload();
  // A connection that asks for nothing is closed after headersTimeout, and the new thread has had the others for longer than
  // that.
  await new RawClient(server.port).until('408 Request Timeout');
  idle.write(get('/a'));
  expect((await answers(idle, 2)).slice(1)).toEqual(['[hall 2 GET /a 0]']);
  client.write(get('/api/b') + get('/a'));
  expect((await answers(client, 4)).slice(2)).toEqual(['[armory 1 GET /b 0]', '[hall 2 GET /a 0]']);
  expect(client.text + idle.text).not.toContain('408');
});

test('reloads under requests to two plugins over the same connections fail none, and none is answered by older code', async () => {
  const folder = await tempFolder();
  await deploy(folder, echo('hall', 0), echo('armory', 0));
  const swapper = openSwapper(folder);
  await swapper.load();
  const server = await openServer(swapper, { mount });
  let edition = 0;
  let isOver = false;
  const lanes = Array.from({ length: 6 }, async (_, lane) => {
    const client = new RawClient(server.port);
    let asked = 0;
    while (!isOver) {
      const least = edition;
      client.write(get(`/${asked}`) + post(`/api/${asked}`, 'x'.repeat(lane * 5_000)) + get(`/api/${asked}`));
      asked++;
      const last = (await answers(client, asked * 3)).slice(-3);
      const seen = last.map((answer) => Number(/ (\d+) /.exec(answer)?.[1]));
      expect(last.map((answer) => answer.replace(/ \d+ /, ' '))).toEqual([
        `[hall GET /${asked - 1} 0]`,
        `[armory POST /${asked - 1} ${lane * 5_000}]`,
        `[armory GET /${asked - 1} 0]`,
      ]);
      expect(Math.min(...seen)).toBeGreaterThanOrEqual(least);
    }
    return asked;
  });
  for (let next = 1; next <= 4; next++) {
    await deploy(folder, echo('hall', next), echo('armory', next));
    await swapper.reload();
    edition = next;
  }
  isOver = true;
  expect(Math.min(...(await Promise.all(lanes)))).toBeGreaterThan(0);
  await expect.poll(() => swapper.stats().plugins.map(({ versions }) => versions.length)).toEqual([1, 1]);
});
