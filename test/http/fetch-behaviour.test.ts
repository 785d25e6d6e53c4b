import { describe, expect, test } from 'vitest';
import type { ServeOptions } from '../../lib/http/index.js';
import { loadIn, type Mode } from '../helpers/modes.js';
import { RawClient } from '../helpers/socket-crossing.js';
import { openServer } from '../helpers/web-plugin.js';

/** Answers of a fetch handler, in every form that a body can have. */
const http = `(() => {
  const answers = {
    '/text': () => new Response('hodor'),
    '/bytes': () => new Response(new Uint8Array([104, 105]), { headers: { 'content-type': 'image/png' } }),
    '/empty': () => new Response(''),
    '/null': () => new Response(null),
    '/no-content': () => new Response(null, { status: 204 }),
    '/not-modified': () => new Response(null, { status: 304, headers: { etag: '"x"' } }),
    '/reason': () => new Response('x', { status: 299, statusText: 'Hold The Door' }),
    '/length': () => new Response('hodor', { headers: { 'Content-Length': '5', 'X-House': 'Hodor' } }),
    '/json': () => Response.json({ house: 'Stark' }),
    '/redirect': () => Response.redirect('http://localhost/text', 302),
    '/cookies': () => {
      const response = new Response('x', { headers: { b: '2' } });
      response.headers.append('set-cookie', 'a=1');
      response.headers.append('set-cookie', 'b=2');
      return response;
    },
    '/stream': () => new Response(new ReadableStream({
      start(controller) { controller.enqueue(new TextEncoder().encode('hodor')); controller.close(); },
    })),
    '/copy': async () => new Response((await answers['/text']()).body, new Response('other', { status: 201, headers: { a: '1' } })),
    '/read': async () => { const response = new Response('hodor'); await response.text(); return response; },
    '/later': async () => { await null; return new Response('later'); },
    '/throws': () => { throw new Error('secret'); },
    '/rejects': async () => { throw new Error('secret'); },
    '/refused': () => new Response('x', { status: 99 }),
    '/none': () => undefined,
    '/env': (request, env) => new Response(JSON.stringify({ ...env, url: request.url })),
  };
  return { fetch: (request, env) => (answers[new URL(request.url).pathname] ?? (() => new Response('lost', { status: 404 })))(request, env) };
})()`;

const ways: Readonly<Record<string, readonly [Mode, ServeOptions]>> = {
  'that is mounted': ['threads', { mount: { '/': 'keep', '/elsewhere': 'keep' } }],
  'that is linked statically': ['static', {}],
};

/** Resolves to the head and the body, as they come off the wire. */
async function answerOf(port: number, method: string, path: string): Promise<string> {
  const client = new RawClient(port);
  client.socket.on('end', () => client.socket.end());
  client.write(`${method} ${path} HTTP/1.1\r\nHost: keep\r\nConnection: close\r\n\r\n`);
  await client.closed;
  return client.text.replaceAll(/Date: [^\r]*/g, 'Date: now');
}

async function openIn(mode: Mode, options: ServeOptions): Promise<number> {
  const swapper = await loadIn(mode, [{ name: 'keep', http }], { logger: silent });
  return (await openServer(swapper, options)).port;
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const paths = [...http.matchAll(/'(\/[a-z-]+)': /g)].map(([, path]) => path as string);

describe('a fetch handler', () => {
  test('answers what is whole with its length, and the rest in chunks', async () => {
    const port = await openIn('threads', {});
    const of = (path: string, method = 'GET'): Promise<string> => answerOf(port, method, path);
    const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/plain;charset=UTF-8\r\n';
    expect(await of('/text')).toBe(`${head}content-length: 5\r\nDate: now\r\nConnection: close\r\n\r\nhodor`);
    expect(await of('/text', 'HEAD')).toBe(
      `${head}content-length: 5\r\nDate: now\r\nConnection: close\r\n\r\n`,
    );
    expect(await of('/bytes')).toContain('content-length: 2\r\n');
    expect(await of('/length')).toMatch(/content-length: 5\r\n.*x-house: Hodor\r\n/s);
    expect(await of('/null')).toContain('content-length: 0\r\n');
    expect(await of('/null', 'HEAD')).not.toContain('content-length');
    expect(await of('/no-content')).toMatch(/^HTTP\/1\.1 204 No Content\r\n(?!.*(content-length|chunked))/s);
    expect(await of('/not-modified')).toMatch(
      /^HTTP\/1\.1 304 Not Modified\r\n(?!.*(content-length|chunked))/s,
    );
    expect(await of('/reason')).toContain('HTTP/1.1 299 Hold The Door\r\n');
    expect(await of('/cookies')).toContain('set-cookie: a=1\r\nset-cookie: b=2\r\n');
    expect(await of('/stream')).toMatch(/Transfer-Encoding: chunked\r\n\r\n5\r\nhodor\r\n0\r\n\r\n$/);
    expect(await of('/copy')).toMatch(/^HTTP\/1\.1 201 Created\r\na: 1\r\n.*hodor/s);
    for (const path of ['/throws', '/rejects', '/refused', '/none', '/read'])
      expect(await of(path)).toMatch(/^HTTP\/1\.1 500 Internal Server Error\r\n(?!.*secret)/s);
  });

  test('finds all of its environment on it, also in a copy', async () => {
    const port = await openIn('threads', {});
    const body = (await answerOf(port, 'GET', '/env?x=1')).split('\r\n\r\n')[1] as string;
    const url = 'http://keep/env?x=1';
    expect(JSON.parse(body)).toEqual({
      plugin: 'keep',
      mount: '/',
      remoteAddress: '127.0.0.1',
      encrypted: false,
      url,
    });
  });

  test.each(['threads', 'static'] as const)(
    'can make another request of its own, in mode %s',
    async (mode) => {
      const asked = `{ async fetch(request) {
      const { pathname } = new URL(request.url);
      const other = pathname === '/copy' ? new Request(request, { headers: { house: 'Stark' } }) : new Request('http://other/', request);
      return new Response([other.method, other.url.replace(/:\\d+/, ''), other.headers.get('house'), await other.text(), other instanceof Request].join(' '));
    } }`;
      const { url } = await openServer(await loadIn(mode, [{ name: 'keep', http: asked }]));
      const ask = async (path: string): Promise<string> => {
        const init = { method: 'POST', headers: { house: 'Tully' }, body: 'hodor' };
        return (await fetch(url + path, init)).text();
      };
      expect(await ask('copy')).toBe('POST http://127.0.0.1/copy Stark hodor true');
      expect(await ask('init')).toBe('POST http://other/ Tully hodor true');
    },
  );

  test.each(Object.keys(ways))('answers alike in a plugin %s', async (way) => {
    const [mode, options] = ways[way] as readonly [Mode, ServeOptions];
    const [own, other] = [await openIn('threads', {}), await openIn(mode, options)];
    for (const path of [...paths, '/unknown'])
      for (const method of ['GET', 'HEAD'])
        expect(await answerOf(other, method, path), `${method} ${path}`).toBe(
          await answerOf(own, method, path),
        );
  });
});
