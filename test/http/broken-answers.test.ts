import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { toFetchHandler, toNodeHandler } from '../../lib/http/index.js';
import type { Swapper } from '../../lib/index.js';
import { loadIn } from '../helpers/modes.js';
import { RawClient } from '../helpers/socket-crossing.js';
import { openServer } from '../helpers/web-plugin.js';

/** Answers that the platform lets an app give although they are invalid, or contradict their own heads. */
const http = `(() => {
  const raw = (res, text) => void res.socket.write(text);
  const answers = {
    '/short': (res) => res.writeHead(200, { 'content-length': 10 }).end('hodor'),
    '/unframed': (res) => res.writeHead(200, { 'transfer-encoding': 'identity' }).end('hodor'),
    '/switching': (res) => res.writeHead(101).end(),
    '/no-status': (res) => raw(res, 'HTTP/1.1 ??? Hodor\\r\\ncontent-length: 0\\r\\n\\r\\n'),
    '/no-header': (res) => raw(res, 'HTTP/1.1 200 OK\\r\\nx: a\\u0001b\\r\\ncontent-length: 0\\r\\n\\r\\n'),
    '/no-hint': (res) => raw(res, 'HTTP/1.1 103 Early Hints\\r\\nlink: hodor\\r\\n\\r\\n'),
    '/dies': () => void process.once('die', () => setImmediate(() => { throw new Error('Winter came.'); })),
    '/part': (res) => {
      res.write('part');
      res.once('close', () => process.emit('closed'));
    },
  };
  return { [Symbol.for('liveswap.nodeHandler')]: (req, res) => (answers[req.url] ?? (() => res.end('fine')))(res) };
})()`;
const live = {
  live_die: `() => void process.emit('die')`,
  live_closed: `() => new Promise((resolve) => process.once('closed', () => resolve(true)))`,
};
const open = (): Promise<Swapper> =>
  // With a carrier, requests are parsed in the host.
  loadIn('threads', [{ name: 'keep', http, live }], { carrier: () => undefined });

const request = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: keep\r\n\r\n`;
const last = 'GET /fine HTTP/1.1\r\nhost: keep\r\nconnection: close\r\n\r\n';
/** The connection ends with the broken answer: a client would take the next answer for the rest of it. */
const cut = /^(?!.*fine)/s;
const whole = /^HTTP\/1\.1 200 OK\r\n.*hodor.*HTTP\/1\.1 200 OK\r\n.*fine$/s;
const gateway = /^HTTP\/1\.1 502 Bad Gateway\r\n.*HTTP\/1\.1 200 OK\r\n.*fine$/s;

test.each([
  ['/short', cut],
  ['/unframed', whole],
  ['/switching', /^HTTP\/1\.1 101 Switching Protocols\r\n.*HTTP\/1\.1 200 OK\r\n.*fine$/s],
  ['/no-status', gateway],
  ['/no-header', gateway],
  ['/no-hint', gateway],
])('what an app answers wrongly ends there, and the host lives on: %s', async (path, expected) => {
  const { port } = await openServer(await open(), { mount: { '/': 'keep', '/other': 'keep' } });
  const [client, other] = [new RawClient(port), new RawClient(port)];
  client.socket.on('end', () => client.socket.end());
  client.write(request(path) + last);
  await client.closed;
  expect(client.text).toMatch(expected);
  other.write(request('/fine'));
  expect(await other.until('fine')).toContain('200 OK');
});

test.each(['/short', '/switching', '/no-status'])(
  'a fetch handler rejects or refuses it: %s',
  async (path) => {
    const fetch = toFetchHandler(await open(), { plugin: 'keep' });
    const ask = async (): Promise<string> => {
      const response = await fetch(new Request(`http://keep${path}`));
      return response.ok ? response.text() : String(response.status);
    };
    expect(await ask().catch((error: { code: string }) => error.code)).toBe(
      path === '/short' ? 'CALL_ABORTED' : '502',
    );
    expect(await (await fetch(new Request('http://keep/fine'))).text()).toBe('fine');
  },
);

/** Ends a response as soon as a part of it is written. */
function endEarly(res: ServerResponse): void {
  const write = res.write.bind(res);
  res.write = ((piece: Uint8Array) => {
    write(piece);
    res.end();
    return true;
  }) as typeof res.write;
}

test('an answer that the host gave itself, before the app or in the middle of its answer, stands', async () => {
  const swapper = await open();
  const handler = toNodeHandler(swapper, { plugin: 'keep' });
  const server = createServer((req, res) => {
    if (req.url === '/part') endEarly(res);
    handler(req, res);
    if (req.url === '/late') res.writeHead(503).end('late');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect(await (await fetch(`${url}/late`)).text()).toBe('late');
  const closed = swapper.call('live_closed');
  expect(await (await fetch(`${url}/part`)).text()).toBe('part');
  // Nobody reads the rest, so the app learns that its client has gone.
  expect(await closed).toBe(true);
  expect(await (await fetch(`${url}/fine`)).text()).toBe('fine');
});

test('an upload that was held back when its thread died is read to its end, and the next request is answered', async () => {
  const swapper = await open();
  const { port } = await openServer(swapper, { mount: { '/': 'keep', '/other': 'keep' } });
  const client = new RawClient(port);
  client.socket.on('end', () => client.socket.end());
  const body = 'x'.repeat(10_000_000);
  client.write(`POST /dies HTTP/1.1\r\nhost: keep\r\ncontent-length: ${body.length}\r\n\r\n${body}${last}`);
  await expect.poll(() => swapper.stats().plugins[0]?.versions[0]?.pending.length).toBe(1);
  await swapper.call('live_die');
  await client.until('502 Bad Gateway');
  expect(await client.until('fine')).toContain('200 OK');
});

test('an upload that is held back when the host answers it itself is read to its end', async () => {
  const swapper = await open();
  const handler = toNodeHandler(swapper, { plugin: 'keep' });
  const server = createServer((req, res) => {
    handler(req, res);
    if (req.url === '/dies') req.once('pause', () => setImmediate(() => res.writeHead(503).end('late')));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const client = new RawClient((server.address() as AddressInfo).port);
  client.socket.on('end', () => client.socket.end());
  const body = 'x'.repeat(10_000_000);
  client.write(`POST /dies HTTP/1.1\r\nhost: keep\r\ncontent-length: ${body.length}\r\n\r\n${body}${last}`);
  await client.until('late');
  expect(await client.until('fine')).toContain('200 OK');
});

/** Bodies that fail halfway without a reason. The last is a response of srvx's own class, as h3 makes them. */
const failing = `(() => {
  const halves = {
    '/stream': () => new ReadableStream({ start: (it) => it.enqueue(new Uint8Array(5)), pull: (it) => it.error() }),
    '/generator': async function* () { yield new Uint8Array(5); throw undefined; },
  };
  halves['/srvx'] = halves['/stream'];
  return { fetch: (request) => {
    const { pathname } = new URL(request.url);
    const body = halves[pathname]?.() ?? 'fine';
    if (pathname !== '/srvx') return new Response(body);
    return { status: 200, headers: new Headers(), _toNodeResponse: () => ({ status: 200, statusText: '', headers: [], body }) };
  } };
})()`;

test.each(['/stream', '/generator', '/srvx'])(
  'a body that fails without a reason is cut, and its client does not wait for ever: %s',
  async (path) => {
    const swapper = await loadIn('threads', [{ name: 'keep', http: failing }]);
    for (const mount of [undefined, { '/': 'keep', '/other': 'keep' }]) {
      const { url } = await openServer(swapper, { ...(mount && { mount }) });
      const broken = fetch(url + path.slice(1), { signal: AbortSignal.timeout(5_000) });
      await expect(broken.then((answer) => answer.text())).rejects.toThrow(TypeError);
      expect(await (await fetch(url)).text()).toBe('fine');
    }
  },
);
