import { once } from 'node:events';
import express from 'express';
import { Agent, createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { toFetchHandler, toNodeHandler } from '../../lib/http/index.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { loadIn, modes } from '../helpers/modes.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { openServer } from '../helpers/web-plugin.js';

const echo = (name: string): PluginText => ({
  name,
  http: `{ fetch: async (request, { mount, remoteAddress }) => {
    const { pathname, search } = new URL(request.url);
    const body = request.body ? await request.text() : undefined;
    return Response.json({ by: '${name}', path: pathname + search, mount, remoteAddress, body });
  } }`,
});
const mount = { '/': 'hall', '/api': 'armory', '/api/v2': 'forge', '/gone': 'nobody' };

describe.each(modes)('in mode %s', (mode) => {
  test('a mount answers whole segments of the path, the longest first, without its prefix', async () => {
    const swapper = await loadIn(mode, [echo('hall'), echo('armory'), echo('forge')]);
    const { url } = await openServer(swapper, { mount });
    const ask = async (path: string): Promise<unknown> => {
      const {
        by,
        path: seen,
        mount: taken,
      } = (await (await fetch(`${url}${path}`)).json()) as Record<string, string>;
      return [by, seen, taken];
    };
    expect(await ask('')).toEqual(['hall', '/', '/']);
    expect(await ask('api')).toEqual(['armory', '/', '/api']);
    expect(await ask('api/swords?q=1')).toEqual(['armory', '/swords?q=1', '/api']);
    expect(await ask('api/v2/?q')).toEqual(['forge', '/?q', '/api/v2']);
    expect(await ask('apiary')).toEqual(['hall', '/apiary', '/']);
    expect(await ask('API/x')).toEqual(['hall', '/API/x', '/']);
    expect(await ask('%61pi/x')).toEqual(['hall', '/%61pi/x', '/']);
    expect((await fetch(`${url}gone/x`)).status).toBe(503);
  });

  test('without a mount that matches it is 404; bodies cross, short and long, whole', async () => {
    const swapper = await loadIn(mode, [echo('armory')]);
    const { url } = await openServer(swapper, { mount: { '/api': 'armory' } });
    expect((await fetch(`${url}other`)).status).toBe(404);
    for (const body of ['short', 'long '.repeat(300_000)]) {
      const answer = await fetch(`${url}api/`, { method: 'POST', body });
      expect(((await answer.json()) as { body: string }).body).toBe(body);
    }
    const chunked = await fetch(`${url}api/`, {
      method: 'POST',
      body: new Blob(['in ', 'chunks']).stream(),
      duplex: 'half',
    });
    expect(await chunked.json()).toMatchObject({ body: 'in chunks', remoteAddress: '127.0.0.1' });
  });

  test('a request whose body is not of the length that its headers say is neither waited for nor read as two', async () => {
    const handler = toFetchHandler(await loadIn(mode, [echo('hall')]), { plugin: 'hall' });
    const ask = (length: string, body?: string): Promise<Response> =>
      handler(
        new Request('http://here/', {
          method: 'POST',
          headers: { 'content-length': length },
          body: body ?? null,
        }),
      );
    expect(await (await ask('3', 'abc')).json()).toMatchObject({ body: 'abc' });
    expect((await ask('5')).status).toBe(200);
    expect((await ask('5', 'abc')).status).toBe(502);
    expect((await ask('1', 'aGET /smuggled HTTP/1.1\r\nhost: here\r\n\r\n')).status).toBe(502);
    expect(await (await ask('3', 'abc')).json()).toMatchObject({ path: '/', body: 'abc' });
  });

  test('a fetch handler answers requests, streams and aborts', async () => {
    const swapper = await loadIn(mode, [
      {
        name: 'hall',
        http: `{ fetch: (request) => {
          const { pathname } = new URL(request.url);
          if (pathname === '/never') {
            request.signal.addEventListener('abort', () => void process.emit('gone'));
            return new Promise(() => {});
          }
          if (pathname === '/big') return new Response(new Uint8Array(3_000_000).fill(7));
          if (pathname === '/none') return new Response(null, { status: 204 });
          return request.text().then((text) => new Response(text, { status: 201, headers: [['set-cookie', 'a=1'], ['set-cookie', 'b=2']] }));
        } }`,
        live: { live_gone: `() => new Promise((resolve) => process.once('gone', () => resolve('gone')))` },
      },
    ]);
    const ask = toFetchHandler(swapper, { plugin: 'hall' });
    const answer = await ask(new Request('http://hall/echo', { method: 'POST', body: 'Hodor' }));
    expect([answer.status, await answer.text(), answer.headers.getSetCookie()]).toEqual([
      201,
      'Hodor',
      ['a=1', 'b=2'],
    ]);
    const big = new Uint8Array(await (await ask(new Request('http://hall/big'))).arrayBuffer());
    expect([big.length, big.every((byte) => byte === 7)]).toEqual([3_000_000, true]);
    expect((await ask(new Request('http://hall/none'))).status).toBe(204);
    const gone = swapper.call('live_gone');
    const aborting = new AbortController();
    const never = ask(new Request('http://hall/never', { signal: aborting.signal }));
    await expect.poll(() => swapper.stats().plugins[0]?.versions[0]?.pending.length).toBe(2);
    aborting.abort(new Error('enough'));
    await expect(never).rejects.toThrow('enough');
    expect(await gone).toBe('gone');
  });
});

test('a caller who gives up a request that has been answered takes nothing from the next one', async () => {
  const http = `{ fetch: (request) => {
    const { pathname } = new URL(request.url);
    if (pathname !== '/slow') return new Response('swift');
    process.emit('asked');
    return new Promise((resolve) => process.once('goOn', () => resolve(new Response('slow'))));
  } }`;
  const swapper = await loadIn('threads', [
    {
      name: 'hall',
      http,
      live: {
        live_asked: `() => new Promise((resolve) => process.once('asked', () => resolve(true)))`,
        live_goOn: `() => void process.emit('goOn')`,
      },
    },
  ]);
  const ask = toFetchHandler(swapper, { plugin: 'hall' });
  const late = new AbortController();
  const swift = await ask(new Request('http://hall/swift', { signal: late.signal }));
  expect(await swift.text()).toBe('swift');
  const asked = swapper.call('live_asked');
  const slow = ask(new Request('http://hall/slow'));
  await asked;
  late.abort();
  await swapper.call('live_goOn');
  expect(await (await slow).text()).toBe('slow');
});

test.each(['given up', 'answered early'])('the body of a request that is %s is not read on', async (why) => {
  const http = `{ [Symbol.for('liveswap.nodeHandler')]: (req, res) => {
    if (req.url === '/early') process.once('goOn', () => res.writeHead(413, { connection: 'close' }).end());
  } }`;
  const live = { live_goOn: `() => void process.emit('goOn')` };
  const swapper = await loadIn('threads', [{ name: 'hall', http, live }]);
  const ask = toFetchHandler(swapper, { plugin: 'hall' });
  const aborting = new AbortController();
  let cancel = (): void => {};
  const cancelled = new Promise<void>((resolve) => (cancel = resolve));
  let pulled = 0;
  const body = new ReadableStream({
    pull: (controller) => {
      pulled += 65_536;
      controller.enqueue(new Uint8Array(65_536));
    },
    cancel,
  });
  const path = why === 'given up' ? '/never' : '/early';
  const { signal } = aborting;
  const answer = ask(new Request(`http://hall${path}`, { method: 'POST', body, signal, duplex: 'half' }));
  // So much of the body has been sent that the rest is held back.
  await expect.poll(() => pulled).toBeGreaterThan(262_144);
  await expect.poll(() => swapper.stats().plugins[0]?.versions[0]?.pending.length).toBe(1);
  if (why === 'given up') {
    aborting.abort(new Error('enough'));
    await expect(answer).rejects.toThrow('enough');
  } else {
    await swapper.call('live_goOn');
    expect((await answer).status).toBe(413);
  }
  await cancelled;
});

test('a client whose requests were read before they came to a plugin keeps its connection to the thread', async () => {
  const http = `{ [Symbol.for('liveswap.nodeHandler')]: (req, res) => {
    globalThis.sockets ??= new Set();
    res.end(String(globalThis.sockets.add(req.socket).size));
  } }`;
  const handler = toNodeHandler(await loadIn('threads', [{ name: 'hall', http }]), { plugin: 'hall' });
  const server = createServer((req, res) => void req.resume().once('close', () => handler(req, res)));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => {
    agent.destroy();
    server.close();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  for (let count = 0; count < 2; count++) {
    const [answer] = (await once(get({ port, host: '127.0.0.1', agent }), 'response')) as [IncomingMessage];
    expect(await text(answer)).toBe('1');
  }
});

test('a client that gets a long answer at once gets all the short ones after it', async () => {
  const http = `{ [Symbol.for('liveswap.nodeHandler')]: (req, res) => {
    if (req.url === '/long') for (let count = 0; count < 4; count++) res.write('x'.repeat(65_000));
    res.end('x'.repeat(1_000));
  } }`;
  const swapper = await loadIn('threads', [{ name: 'hall', http }]);
  const server = createServer(toNodeHandler(swapper, { plugin: 'hall' }));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => {
    agent.destroy();
    server.close();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const ask = async (path: string): Promise<number> => {
    const [answer] = (await once(get({ port, host: '127.0.0.1', agent, path }), 'response')) as [
      IncomingMessage,
    ];
    return (await text(answer)).length;
  };
  expect(await ask('/long')).toBe(261_000);
  for (let count = 0; count < 100; count++) expect(await ask('/short')).toBe(1_000);
});

test('in Express, a handler answers below its path, and what is loaded later', async () => {
  const folder = await tempFolder();
  await deploy(folder, echo('armory'));
  const swapper = openSwapper(folder);
  const app = express();
  app.use('/api', toNodeHandler(swapper, { plugin: 'armory' }));
  const server = createServer(app).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/swords`;
  expect((await fetch(url)).status).toBe(503);
  await swapper.load();
  expect(await (await fetch(url)).json()).toMatchObject({ by: 'armory', path: '/swords', mount: '/api' });
});

test('a header that the host set before stays, unless the app sets its own; all cookies arrive', async () => {
  const http = `{ fetch: () => new Response('hi', { headers: [
    ['content-type', 'text/html'], ['cache-control', 'max-age=60'], ['vary', 'Accept'],
    ['set-cookie', 'b=2'], ['set-cookie', 'c=3'],
  ] }) }`;
  const swapper = await loadIn('threads', [{ name: 'armory', http }]);
  const app = express();
  app.use((_request, response, next) => {
    response.set({ 'cache-control': 'no-store', 'content-type': 'application/json', 'x-host': 'castle' });
    response.cookie('a', '1').vary('Origin');
    next();
  });
  app.use(toNodeHandler(swapper, { plugin: 'armory' }));
  const server = createServer(app).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { headers } = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  expect(headers.get('cache-control')).toBe('max-age=60');
  expect(headers.get('content-type')).toBe('text/html');
  expect(headers.get('x-host')).toBe('castle');
  expect(headers.getSetCookie().toSorted()).toEqual(['a=1; Path=/', 'b=2', 'c=3']);
  expect(headers.get('vary')).toBe('Accept, Origin');
});

test('a request whose body the host has read is answered with 500 and a warning, and not waited for', async () => {
  const swapper = await loadIn('threads', [echo('armory')]);
  const app = express();
  app.use(express.json(), toNodeHandler(swapper, { plugin: 'armory' }));
  const server = createServer(app).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const post = (type: string): Promise<Response> =>
    fetch(url, { method: 'POST', body: '{"house":"Stark"}', headers: { 'content-type': type } });
  const warnings: string[] = [];
  const listen = ({ message }: Error): unknown => warnings.push(message);
  process.on('warning', listen);
  onTestFinished(() => void process.off('warning', listen));
  expect((await post('application/json')).status).toBe(500);
  await expect.poll(() => warnings.join()).toMatch(/read before it came to a plugin/);
  expect(await (await post('text/plain')).json()).toMatchObject({ body: '{"house":"Stark"}' });
  expect((await fetch(url)).status).toBe(200);
});

test('the plugin has to be named when several could answer', async () => {
  const swapper = await loadIn('static', [echo('hall'), echo('armory')]);
  await expect(openServer(swapper)).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    plugins: ['armory', 'hall'],
  });
  await expect(openServer(swapper, { mount: { api: 'armory' } })).rejects.toMatchObject({
    code: 'OPTION_INVALID',
  });
  await expect(openServer(swapper, { prot: 80 } as never)).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    option: 'prot',
  });
  expect(() => toNodeHandler(swapper, {} as never)).toThrow(/option plugin/);
});
