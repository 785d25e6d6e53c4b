import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { serve, type HttpServer } from '../../lib/http/index.js';
import type { Swapper, SwapperOptions } from '../../lib/index.js';
import { loadIn } from '../helpers/modes.js';
import { RawClient } from '../helpers/socket-crossing.js';

/** The app: a handler of Node's own kind, which can do everything that HTTP can. One source for every server. */
const app: RequestListener = (req, res) => {
  const steps: Record<string, () => void> = {
    '/echo-head': () => res.end(JSON.stringify([req.method, req.url, req.httpVersion, req.rawHeaders])),
    '/empty': () => res.end(),
    '/no-content': () => res.writeHead(204).end(),
    '/not-modified': () => res.writeHead(304, { etag: '"x"' }).end(),
    '/length': () => res.writeHead(200, { 'content-length': 5 }).end('hodor'),
    '/chunks': () => {
      res.write('ho');
      setImmediate(() => res.end('dor'));
    },
    '/cookies': () =>
      res
        .writeHead(
          200,
          [
            ['set-cookie', 'a=1'],
            ['set-cookie', 'b=2'],
            ['x-Case', 'Kept'],
          ].flat(),
        )
        .end(),
    '/reason': () => res.writeHead(299, 'Hold The Door').end(),
    '/hints': () => {
      res.writeEarlyHints({ link: '</style.css>; rel=preload' });
      res.end('hinted');
    },
    '/links': () => {
      res.writeProcessing();
      res.writeEarlyHints({ link: ['</a.css>; rel=preload', '</b,c>; rel=preload'], 'x-hint': 'a, b' });
      res.end('linked');
    },
    '/many': () => {
      for (let number = 0; number < 300; number++) res.setHeader(`x-${number}`, [`${number}`, 'again']);
      res.end('many');
    },
    '/range': () => res.writeHead(206, { 'content-range': 'bytes 0-4/10', 'content-length': 5 }).end('hodor'),
    '/bodiless': () => res.writeHead(304, { 'content-length': 5 }).end('hodor'),
    '/trailers': () => {
      res.writeHead(200, { trailer: 'x-sum' });
      res.write('body');
      res.addTrailers({ 'x-sum': '42' });
      res.end();
    },
    '/close': () => res.writeHead(200, { connection: 'close' }).end('bye'),
    '/upload': () => {
      let length = 0;
      req.on('data', (chunk: Buffer) => (length += chunk.length));
      req.on('end', () => res.end(`${length} ${JSON.stringify(req.trailers)}`));
    },
    '/cut': () => {
      res.writeHead(200, { 'content-length': 100 });
      res.write('half');
      setImmediate(() => res.destroy());
    },
  };
  // The target of a request may be a whole URL.
  const [path = ''] = (req.url ?? '').replace(/^http:\/\/[^/]*/, '').split('?');
  (steps[path] ?? (() => res.writeHead(404).end(`lost ${req.method} ${req.url}`)))();
};

/** Requests as bytes on the wire; answers are compared as bytes, too. */
const cases: Readonly<Record<string, string>> = {
  'GET with headers given twice, in their case':
    'GET /echo-head HTTP/1.1\r\nHost: keep\r\nX-One: 1\r\nx-one: 2\r\nCookie: a=1\r\nCookie: b=2\r\nConnection: close\r\n\r\n',
  'a target with double slashes, escapes and a query':
    'GET /echo-head?q=%20%2F&//x HTTP/1.1\r\nHost: keep\r\nConnection: close\r\n\r\n',
  'a target that is a whole URL':
    'GET http://elsewhere/echo-head?x=%2F HTTP/1.1\r\nHost: keep\r\nConnection: close\r\n\r\n',
  'a path that begins with two slashes, and goes up':
    'GET //echo-head/..//%2e%2e/x HTTP/1.1\r\nHost: keep\r\nConnection: close\r\n\r\n',
  'a target of no path': 'OPTIONS * HTTP/1.1\r\nHost: keep\r\nConnection: close\r\n\r\n',
  'a target with bytes that no URL has':
    'GET /echo-head/\xe9 HTTP/1.1\r\nHost: keep\r\nConnection: close\r\n\r\n',
  'a header with bytes beyond ASCII':
    'GET /echo-head HTTP/1.1\r\nHost: keep\r\nX-Raven: \xe9t\xe9\r\nConnection: close\r\n\r\n',
  'a header that hides another one':
    'GET /echo-head HTTP/1.1\r\nHost: keep\r\nX-One: a\rX-Two: b\r\nConnection: close\r\n\r\n',
  'a line break without its first half': 'GET /echo-head HTTP/1.1\nHost: keep\nConnection: close\n\n',
  'a head of 16 KB, all but a little': `GET /echo-head HTTP/1.1\r\nHost: keep\r\nX-Long: ${'x'.repeat(16_000)}\r\nConnection: close\r\n\r\n`,
  'an upgrade that nobody takes':
    'GET /length HTTP/1.1\r\nHost: keep\r\nConnection: close, upgrade\r\nUpgrade: ravens\r\n\r\n',
  'HTTP/1.0': 'GET /chunks HTTP/1.0\r\nHost: keep\r\n\r\n',
  'an empty answer': 'GET /empty HTTP/1.1\r\nHost: keep\r\nConnection: close\r\n\r\n',
  'no content': 'GET /no-content HTTP/1.1\r\nHost: keep\r\nConnection: close\r\n\r\n',
  'not modified': 'GET /not-modified HTTP/1.1\r\nHost: keep\r\nConnection: close\r\n\r\n',
  'a length': 'GET /length HTTP/1.1\r\nHost: keep\r\nConnection: close\r\n\r\n',
  'HEAD of a length': 'HEAD /length HTTP/1.1\r\nHost: keep\r\nConnection: close\r\n\r\n',
  'HEAD of chunks': 'HEAD /chunks HTTP/1.1\r\nHost: keep\r\nConnection: close\r\n\r\n',
  'cookies, and names in their case': 'GET /cookies HTTP/1.1\r\nHost: keep\r\nConnection: close\r\n\r\n',
  'a reason of its own': 'GET /reason HTTP/1.1\r\nHost: keep\r\nConnection: close\r\n\r\n',
  'early hints': 'GET /hints HTTP/1.1\r\nHost: keep\r\nConnection: close\r\n\r\n',
  'early hints of several links': 'GET /links HTTP/1.1\r\nHost: keep\r\nConnection: close\r\n\r\n',
  'six hundred headers, and as many back': `GET /many HTTP/1.1\r\nHost: keep\r\n${'X-A: 1\r\n'.repeat(600)}Connection: close\r\n\r\n`,
  'a range': 'GET /range HTTP/1.1\r\nHost: keep\r\nRange: bytes=0-4\r\nConnection: close\r\n\r\n',
  'a body where none may be': 'GET /bodiless HTTP/1.1\r\nHost: keep\r\nConnection: close\r\n\r\n',
  'a tunnel': 'CONNECT keep:80 HTTP/1.1\r\nHost: keep\r\n\r\n',
  'another protocol': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'a header in two lines': 'GET /length HTTP/1.1\r\nHost: keep\r\nX-A: a\r\n b\r\nConnection: close\r\n\r\n',
  'an app that closes': 'GET /close HTTP/1.1\r\nHost: keep\r\n\r\n',
  'an upload of a length':
    'POST /upload HTTP/1.1\r\nHost: keep\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhodor',
  'an upload in chunks with trailers':
    'POST /upload HTTP/1.1\r\nHost: keep\r\nTransfer-Encoding: chunked\r\nTrailer: x-sum\r\nConnection: close\r\n\r\n5\r\nhodor\r\n0\r\nx-sum: 42\r\n\r\n',
  'an upload in chunks with extensions, of another coding':
    'POST /upload HTTP/1.1\r\nHost: keep\r\nTransfer-Encoding: gzip, chunked\r\nConnection: close\r\n\r\n3;a=1;b="c"\r\nhod\r\n2\r\nor\r\n0\r\n\r\n',
  'how chunks and codings are announced':
    'POST /echo-head HTTP/1.1\r\nHost: keep\r\nTransfer-Encoding: gzip, chunked\r\nX-A: 1\r\nConnection: close\r\n\r\n0\r\n\r\n',
  'an upload that waits to be told':
    'POST /upload HTTP/1.1\r\nHost: keep\r\nExpect: 100-continue\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhodor',
  'two requests at once':
    'GET /length HTTP/1.1\r\nHost: keep\r\n\r\nGET /empty HTTP/1.1\r\nHost: keep\r\nConnection: close\r\n\r\n',
  'no host': 'GET /length HTTP/1.1\r\n\r\n',
  'a request that is none': 'HODOR\r\n\r\n',
  'a header that is none': 'GET / HTTP/1.1\r\nHost: keep\r\nbad header\r\n\r\n',
  'two lengths': 'POST /upload HTTP/1.1\r\nHost: keep\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhodor',
  'a length and chunks':
    'POST /upload HTTP/1.1\r\nHost: keep\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhodor',
  'a head of 20 KB': `GET /empty HTTP/1.1\r\nHost: keep\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`,
  'an answer that is cut': 'GET /cut HTTP/1.1\r\nHost: keep\r\nConnection: close\r\n\r\n',
};

/** Requests of clients that half-close the connection after them. */
const halfClosed: Readonly<Record<string, string>> = {
  'a client that half-closes in a head': 'GET /length HTTP/1.1\r\nHost:',
  'a client that half-closes in a body':
    'POST /upload HTTP/1.1\r\nHost: keep\r\nContent-Length: 50\r\n\r\nhalf',
  'a client that half-closes and has asked for nothing': '',
};

const servers: Readonly<Record<string, () => Promise<{ port: number; close: () => Promise<unknown> }>>> = {
  'in process': async () => {
    const server = createServer(app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { port: portOf(server), close: async () => void server.close() };
  },
  'in a plugin that owns the port': () => servePlugin('threads'),
  'in a plugin that is mounted': () => servePlugin('threads', { '/': 'keep', '/elsewhere': 'keep' }),
  'in a plugin that is mounted, with a carrier': () =>
    servePlugin('threads', { '/': 'keep', '/elsewhere': 'keep' }, { carrier: () => undefined }),
  static: () => servePlugin('static'),
};

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function servePlugin(
  mode: 'threads' | 'static',
  mount?: Record<string, string>,
  options?: SwapperOptions,
) {
  const http = `(() => { const app = ${app.toString()}; return { [Symbol.for('liveswap.nodeHandler')]: app }; })()`;
  const swapper: Swapper = await loadIn(mode, [{ name: 'keep', http }], options);
  const server: HttpServer = await serve(swapper, { hostname: '127.0.0.1', ...(mount && { mount }) });
  return { port: server.port, close: () => server.destroy() };
}

/** Resolves to all bytes of the answer, except for the time of day. */
async function answerOf(port: number, request: string, halfCloses = false): Promise<string> {
  const client = new RawClient(port);
  client.socket.on('end', () => client.socket.end());
  client.write(request);
  if (halfCloses) client.socket.end();
  await client.closed;
  return client.text.replaceAll(/Date: [^\r]*/g, 'Date: now');
}

describe('the same app', () => {
  test.each(Object.keys(servers).slice(1))('%s answers as it does in process', async (name) => {
    const own = await servers['in process']?.();
    const other = await servers[name]?.();
    if (!own || !other) throw new Error('There are no servers.');
    const differences: Record<string, unknown> = {};
    const compare = async (title: string, request: string, halfCloses: boolean): Promise<void> => {
      const expected = await answerOf(own.port, request, halfCloses);
      const found = await answerOf(other.port, request, halfCloses);
      if (found !== expected) differences[title] = { expected, found };
    };
    for (const [title, request] of Object.entries(cases)) await compare(title, request, false);
    for (const [title, request] of Object.entries(halfClosed)) await compare(title, request, true);
    await Promise.all([own.close(), other.close()]);
    expect(differences).toEqual({});
  });
});
