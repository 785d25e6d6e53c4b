import { describe, expect, test } from 'vitest';
import type { HttpServer, ServeOptions } from '../../lib/http/index.js';
import type { Swapper } from '../../lib/index.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { loadIn } from '../helpers/modes.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { RawClient } from '../helpers/socket-crossing.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { openServer } from '../helpers/web-plugin.js';

const hall: PluginText = {
  name: 'hall',
  http: `{ [Symbol.for('liveswap.nodeHandler')]: (req, res) => {
    const steps = {
      '/twice': () => { res.end('once'); res.end('twice'); res.write('thrice'); },
      '/never': () => {
        const { signal } = context.call;
        signal.addEventListener('abort', () => void (globalThis.toldNever = signal.reason.code));
      },
      '/throws-midway': () => { res.writeHead(200, { 'content-length': 100 }); res.write('half'); throw new Error('midway'); },
      '/rejects': async () => { throw new Error('a secret'); },
      '/upload': () => { let n = 0; req.on('data', (c) => (n += c.length)).on('end', () => res.end(String(n))); },
      '/split': () => { try { res.setHeader('x', 'a\\r\\nb: c'); } catch (error) { res.end(error.code); } },
    };
    return (steps[req.url] ?? (() => res.end(JSON.stringify(req.headers))))();
  } }`,
};
const get1 = (path: string): string => 'GET ' + path + ' HTTP/1.1\r\nhost: hall\r\n\r\n';

/** Opens a server of the plugin; at its end, each test checks that the server still answers and holds nothing. */
async function openHall(options = {}, mode: 'threads' | 'static' = 'static'): Promise<[HttpServer, Swapper]> {
  const swapper = await loadIn(mode, [hall]);
  return [await openServer(swapper, options), swapper];
}

async function expectQuiet(server: HttpServer, swapper: Swapper): Promise<void> {
  expect((await fetch(server.url)).status).toBe(200);
  await expect.poll(() => swapper.stats().plugins[0]?.versions[0]?.pending).toEqual([]);
}

describe.each([undefined, { '/': 'hall', '/other': 'hall' }])('with mounts %j', (mount) => {
  const common = mount ? { mount } : {};

  test('a slow head is cut after headersTimeout, and a slow body after requestTimeout', async () => {
    const timeouts = { headersTimeout: 100, requestTimeout: 200, connectionsCheckingInterval: 50 };
    const [server, swapper] = await openHall({ ...common, ...timeouts });
    const head = new RawClient(server.port);
    head.socket.on('end', () => head.socket.end());
    head.write('GET / HTTP/1.1\r\nho');
    const body = new RawClient(server.port);
    body.socket.on('end', () => body.socket.end());
    body.write('POST /upload HTTP/1.1\r\nhost: hall\r\ncontent-length: 10\r\n\r\nslow');
    await Promise.all([head.closed, body.closed]);
    expect(head.text).toContain('408 Request Timeout');
    await expectQuiet(server, swapper);
  });

  test('a body that is too long is refused, announced or not, and nothing stays open', async () => {
    const [server, swapper] = await openHall({ ...common, maxBodyBytes: 10 });
    const long = await fetch(server.url + 'upload', { method: 'POST', body: 'x'.repeat(11) });
    expect(long.status).toBe(413);
    const chunked = new RawClient(server.port);
    chunked.socket.on('end', () => chunked.socket.end());
    chunked.write(
      'POST /upload HTTP/1.1\r\nhost: hall\r\ntransfer-encoding: chunked\r\n\r\nb\r\nhodor hodor\r\n',
    );
    expect(await chunked.until('413 Payload Too Large')).toContain('connection: close');
    await chunked.closed;
    await expectQuiet(server, swapper);
  });

  test('an upload that is given up, and a client that goes, leave nothing', async () => {
    const [server, swapper] = await openHall(common);
    const upload = new RawClient(server.port);
    upload.write('POST /upload HTTP/1.1\r\nhost: hall\r\ncontent-length: 100\r\n\r\nhalf');
    const never = new RawClient(server.port);
    never.write(get1('/never'));
    await expect.poll(() => swapper.stats().plugins[0]?.versions[0]?.pending.length).toBe(2);
    upload.socket.resetAndDestroy();
    never.socket.destroy();
    await expectQuiet(server, swapper);
  });

  test('a client that half-closes before it is answered is taken for one that has gone', async () => {
    const [server, swapper] = await openHall(common);
    const client = new RawClient(server.port);
    client.write(get1('/never'));
    await expect.poll(() => swapper.stats().plugins[0]?.versions[0]?.pending.length).toBe(1);
    client.socket.end();
    await client.closed;
    expect(client.text).toBe('');
    await expectQuiet(server, swapper);
  });

  test('a handler that answers twice, throws midway, rejects, or splits a header has a defined answer', async () => {
    const [server, swapper] = await openHall(common);
    expect(await (await fetch(server.url + 'twice')).text()).toBe('once');
    expect(await (await fetch(server.url + 'split')).text()).toBe('ERR_INVALID_CHAR');
    const rejected = await fetch(server.url + 'rejects');
    expect([rejected.status, await rejected.text()]).toEqual([500, 'Internal Server Error']);
    await expect(fetch(server.url + 'throws-midway').then((answer) => answer.text())).rejects.toThrow();
    await expectQuiet(server, swapper);
  });

  test('a handler that never answers is answered for after timeoutMs', async () => {
    const [server, swapper] = await openHall({ ...common, timeoutMs: 250 });
    const late = await fetch(server.url + 'never');
    expect([late.status, await late.text()]).toEqual([504, 'Gateway Timeout']);
    expect((globalThis as { toldNever?: string }).toldNever).toBe('CALL_TIMEOUT');
    await expectQuiet(server, swapper);
  });

  test('requests that no handler has answered get the statuses of the option', async () => {
    const statuses = { failed: 599, late: 598, missing: 444 };
    const [server] = await openHall({ ...common, timeoutMs: 250, statuses });
    expect((await fetch(server.url + 'rejects')).status).toBe(599);
    expect((await fetch(server.url + 'never')).status).toBe(598);
    const empty = openSwapper(await tempFolder());
    const { url } = await openServer(empty, { mount: { '/': 'hall' }, ...common, statuses });
    expect((await fetch(url)).status).toBe(444);
    for (const wrong of [{ failed: 200 }, { lost: 500 }]) {
      await expect(openServer(empty, { mount: { '/': 'hall' }, statuses: wrong })).rejects.toMatchObject({
        code: 'OPTION_INVALID',
        option: 'statuses',
      });
    }
  });

  test('x-forwarded-* headers are kept only from a trusted proxy', async () => {
    const headers = { 'x-forwarded-for': '6.6.6.6', 'X-Forwarded-Proto': 'https', 'x-other': 'kept' };
    const ask = async (trustProxy: ServeOptions['trustProxy']): Promise<object> => {
      const [server] = await openHall({ ...common, trustProxy }, 'threads');
      return (await (await fetch(server.url, { headers })).json()) as object;
    };
    const forged = await ask(false);
    expect(forged).toMatchObject({ 'x-other': 'kept' });
    expect(Object.keys(forged).filter((name) => name.startsWith('x-forwarded'))).toEqual([]);
    expect(Object.keys(await ask(['10.0.0.1']))).not.toContain('x-forwarded-for');
    for (const trustProxy of [true, 'loopback', ['127.0.0.1']] as const) {
      expect(await ask(trustProxy)).toMatchObject({
        'x-forwarded-for': '6.6.6.6',
        'x-forwarded-proto': 'https',
      });
    }
  });
});

test.each([undefined, { '/': 'hall', '/other': 'hall' }])(
  'an answer that fails, or whose thread dies, in its middle is cut, and others are answered, mounts: %j',
  async (mount) => {
    const swapper = await loadIn('threads', [
      {
        name: 'hall',
        http: `{ fetch: (request) => {
          const { pathname } = new URL(request.url);
          if (pathname === '/') return new Response('whole');
          let pulled = 0;
          return new Response(new ReadableStream({
            pull(controller) {
              if (++pulled === 1) return controller.enqueue(new TextEncoder().encode('half'));
              if (pathname === '/dies') setImmediate(() => process.exit(3));
              else if (pathname === '/throws') throw new Error('midway');
              else controller.error(new Error('midway'));
              return new Promise(() => {});
            },
          }));
        } }`,
      },
    ]);
    const server = await openServer(swapper, mount ? { mount } : {});
    for (const path of ['errs', 'throws', 'dies']) {
      await expect(fetch(server.url + path).then((answer) => answer.text())).rejects.toThrow();
      expect(await (await fetch(server.url)).text()).toBe('whole');
    }
    await expect.poll(() => swapper.stats().plugins[0]?.versions[0]?.pending).toEqual([]);
  },
);

test('with retry, a GET or HEAD whose thread dies is tried once more, and no other request', async () => {
  const folder = await tempFolder();
  await deploy(folder, {
    name: 'hall',
    http: `{ fetch: async (request) => {
      if (await host.vault.dataBag.get('dies') !== false) {
        await host.vault.dataBag.set('dies', false);
        process.exit(3);
      }
      return new Response('alive ' + request.method);
    } }`,
    functions: { dies: `() => host.vault.dataBag.set('dies', true)` },
  });
  const swapper = openSwapper(folder);
  await swapper.load();
  for (const mount of [undefined, { '/': 'hall', '/other': 'hall' }]) {
    const server = await openServer(swapper, { retry: 1, ...(mount && { mount }) });
    await swapper.current.plugin('hall').invoke('dies');
    expect(await (await fetch(server.url)).text()).toBe('alive GET');
    await swapper.current.plugin('hall').invoke('dies');
    expect((await fetch(server.url, { method: 'POST', body: 'x' })).status).toBe(502);
    await expect.poll(async () => (await fetch(server.url)).text()).toBe('alive GET');
    await swapper.current.plugin('hall').invoke('dies');
    const both = new RawClient(server.port);
    both.write(`${get1('/')}POST / HTTP/1.1\r\nHost: keep\r\nContent-Length: 1\r\n\r\nx`);
    expect(await both.until('\r\n\r\n')).toMatch(/^HTTP\/1\.1 502 /);
    await expect.poll(async () => (await fetch(server.url)).text()).toBe('alive GET');
  }
});

test('more requests than may run wait, and beyond those are refused with 503', async () => {
  const swapper = await loadIn('static', [hall], { concurrency: 1, maxQueued: 1 });
  const server = await openServer(swapper);
  const running = new RawClient(server.port);
  running.write(get1('/never'));
  await expect.poll(() => swapper.stats().plugins[0]?.versions[0]?.pending.length).toBe(1);
  const waiting = new RawClient(server.port);
  waiting.write(get1('/'));
  await expect.poll(() => swapper.stats().plugins[0]?.versions[0]?.pending.length).toBe(2);
  const refused = await fetch(server.url);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
  running.socket.destroy();
  await waiting.until('"host":"hall"');
});
