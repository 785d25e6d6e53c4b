import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { QuickRequest } from '../../lib/http/thread/quick-request.js';

type Ask = (request: Request) => unknown;

/** Opens a server that gives its requests to `handle`. Resolves to its address. */
async function open(handle: (req: IncomingMessage, res: ServerResponse) => unknown): Promise<AddressInfo> {
  const server = createServer((req, res) => void handle(req, res)).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  return server.address() as AddressInfo;
}

const quick = (req: IncomingMessage, res: ServerResponse): Request =>
  new QuickRequest({ req, res }) as unknown as Request;

async function outcome(ask: Ask, request: Request): Promise<unknown> {
  try {
    return await ask(request);
  } catch (error) {
    return (error as Error).name;
  }
}

const lengthOf = async (request: Request): Promise<number> => (await request.arrayBuffer()).byteLength;
const uses: Readonly<Record<string, Ask>> = {
  'bytes, exactly those': async (request) => {
    const buffer = await request.arrayBuffer();
    return [buffer instanceof ArrayBuffer, Buffer.from(buffer).toString().length, request.bodyUsed];
  },
  'not used before': (request) => request.bodyUsed,
  twice: async (request) => [await lengthOf(request), await lengthOf(request)],
  'twice at once': (request) => Promise.all([lengthOf(request), lengthOf(request)]),
  'text after bytes': async (request) => [await lengthOf(request), await request.text()],
  'json after bytes': async (request) => [await lengthOf(request), await request.json()],
  'a blob after bytes': async (request) => [await lengthOf(request), await request.blob()],
  'a form after bytes': async (request) => [await lengthOf(request), await request.formData()],
  'a clone after bytes': async (request) => [await lengthOf(request), request.clone()],
  'bytes after text': async (request) => [(await request.text()).length, await lengthOf(request)],
  'bytes of a clone, and its own': async (request) => {
    const copy = request.clone();
    return Promise.all([lengthOf(copy), lengthOf(request)]);
  },
  'bytes whose stream was looked at': async (request) => [request.body !== null, await lengthOf(request)],
  'bytes whose stream is being read': (request) => {
    request.body?.getReader();
    return lengthOf(request);
  },
  'facts after bytes': async (request) => [
    await lengthOf(request),
    request.method,
    request.redirect,
    request.headers.get('content-type'),
  ],
};

const bodies = ['', 'short', 'long'.repeat(300_000)];

test.each(Object.keys(uses))('a body is what the platform makes of it: %s', async (name) => {
  const use = uses[name] as Ask;
  for (const body of bodies) {
    let answer: unknown;
    const { port } = await open(async (req, res) => {
      answer = await outcome(use, quick(req, res));
      res.end();
    });
    const init = { method: 'POST', body, headers: { 'content-type': 'text/plain' } };
    const url = `http://127.0.0.1:${port}/`;
    await (await fetch(url, init)).text();
    expect({ name, answer }).toEqual({ name, answer: await outcome(use, new Request(url, init)) });
  }
});

test('a request without a body has no bytes, and one whose client goes is rejected', async () => {
  const lengths: number[] = [];
  let rejected: unknown;
  const { port } = await open(async (req, res) => {
    const request = quick(req, res);
    if (request.method === 'GET') lengths.push(await lengthOf(request));
    else rejected = await lengthOf(request).catch((error: unknown) => error);
    res.end();
  });
  await (await fetch(`http://127.0.0.1:${port}/`)).text();
  expect(lengths).toEqual([0]);
  const socket = connect(port, '127.0.0.1');
  socket.write('POST / HTTP/1.1\r\nHost: keep\r\nContent-Length: 10\r\n\r\nhalf', () =>
    socket.resetAndDestroy(),
  );
  await expect.poll(() => rejected).toBeInstanceOf(Error);
});

test('whoever else reads the body of a request keeps its pieces', async () => {
  const body = Buffer.from(Array.from({ length: 1_048_576 }, (_, at) => at % 251));
  const kept: Buffer[] = [];
  let whole: ArrayBuffer | undefined;
  const { port } = await open(async (req, res) => {
    const request = quick(req, res);
    req.on('data', (piece: Buffer) => kept.push(piece));
    whole = await request.arrayBuffer();
    res.end();
  });
  await (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body })).text();
  expect(Buffer.from(whole as ArrayBuffer).equals(body)).toBe(true);
  expect(Buffer.concat(kept).equals(body)).toBe(true);
});
