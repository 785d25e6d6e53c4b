import { once } from 'node:events';
import {
  createServer,
  request,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { Socket } from 'node:net';
import { constants } from 'node:os';
import type { Duplex } from 'node:stream';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Connection } from '../../lib/sockets/host/connection.js';
import type { HostEnd } from '../../lib/sockets/host/host-end.js';
import { Switchboard } from '../../lib/sockets/host/switchboard.js';
import { SMALL_BYTES, unpack } from '../../lib/sockets/bytes.js';
import { WINDOW_BYTES, type Bytes } from '../../lib/sockets/protocol.js';
import { LARGEST_SPARE } from '../../lib/sockets/spare-size.js';
import { deferred } from '../helpers/deferred.js';
import { openPort, RawClient, tunnelTo } from '../helpers/socket-crossing.js';

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: keep\r\n\r\n`;
const named =
  (name: string): RequestListener =>
  (req, res) =>
    void res.end(`${name} ${req.url};`);

async function openKeep(listener: RequestListener) {
  const switchboard = new Switchboard();
  const server = createServer(listener);
  const first = tunnelTo(server);
  switchboard.switchTo([first.tunnel]);
  return { switchboard, server, first, port: await openPort(switchboard) };
}

/** Places a connection whose peer does only what `peer` says. */
function connect(switchboard: Switchboard, peer: Pick<HostEnd, 'write' | 'unsentBytes'>): Connection {
  const idle = { end() {}, close() {}, refuse() {}, take() {}, pause() {}, resume() {} };
  const connection = new Connection(Object.assign(peer, idle), {}, switchboard);
  connection.place();
  return connection;
}

test('an HTTP server answers on a socket that crossed, as on its own', async () => {
  const seen: unknown[] = [];
  const { port } = await openKeep((req, res) => {
    seen.push(req.socket instanceof Socket, req.socket.remoteAddress, req.socket.pending);
    res.setHeader('x-lord', 'Ned').end('Winter is coming: żółć');
  });
  const answer = await fetch(`http://127.0.0.1:${port}/`);
  expect(await answer.text()).toBe('Winter is coming: żółć');
  expect(answer.headers.get('x-lord')).toBe('Ned');
  expect(seen).toEqual([true, '127.0.0.1', false]);
});

test('bodies far beyond the window cross whole, both ways', async () => {
  const { port } = await openKeep((req, res) => void req.pipe(res));
  const body = Buffer.alloc(5_000_000, 'the wall ');
  const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body });
  expect(Buffer.from(await answer.arrayBuffer()).equals(body)).toBe(true);
});

/**
 * Uploads a megabyte to a server whose sockets `look` gets. Resolves to the bytes that were sent, and those that the server got.
 */
async function upload(
  look: (socket: Socket) => void,
  isChunked = false,
): Promise<[sent: Buffer, got: Buffer]> {
  const got: Buffer[] = [];
  const { server, port } = await openKeep((req, res) => {
    req.on('data', (piece: Buffer) => got.push(piece));
    req.on('end', () => res.end());
  });
  server.on('connection', look);
  const sent = Buffer.from(Array.from({ length: 1_048_576 }, (_, at) => at % 251));
  const body = isChunked ? new Blob([sent]).stream() : sent;
  await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body, duplex: 'half' });
  return [sent, Buffer.concat(got)];
}

test('buffers of a body that the parser has copied are freed', async () => {
  const pushed: { piece: Buffer; length: number }[] = [];
  const [sent, got] = await upload((socket) => {
    const push = socket.push.bind(socket);
    socket.push = (piece: Buffer) => {
      pushed.push({ piece, length: piece.length });
      return push(piece);
    };
  });
  expect(got.equals(sent)).toBe(true);
  // The first pieces hold the head; small pieces crossed as strings.
  const moved = pushed.slice(2).filter(({ length }) => length > SMALL_BYTES);
  expect(moved.filter(({ piece }) => piece.length > 0)).toEqual([]);
});

test.each([false, true])('whoever else reads a socket keeps its bytes, chunked: %s', async (isChunked) => {
  const kept: Buffer[] = [];
  const [sent, got] = await upload(
    (socket) => socket.on('data', (piece: Buffer) => kept.push(piece)),
    isChunked,
  );
  expect(got.equals(sent)).toBe(true);
  const all = Buffer.concat(kept);
  if (isChunked) expect(all.length).toBeGreaterThan(sent.length);
  else expect(all.subarray(-sent.length).equals(sent)).toBe(true);
});

test('a server that does not read holds its client back', async () => {
  const asked = deferred<IncomingMessage>();
  const { port } = await openKeep((req) => asked.resolve(req));
  const upload = request({ port, method: 'POST', headers: { 'content-length': 50_000_000 } });
  upload.on('error', () => {});
  const chunk = Buffer.alloc(100_000);
  let written = 0;
  const pump = (): void => {
    while (written < 50_000_000) {
      written += chunk.length;
      if (!upload.write(chunk)) return void upload.once('drain', pump);
    }
  };
  pump();
  const req = await asked.promise;
  await expect.poll(() => upload.writableLength).toBeGreaterThan(0);
  expect(written).toBeLessThan(30_000_000);
  req.resume();
  await once(req, 'end');
  upload.destroy();
});

test('answers that several clients take at once, one of them slowly, each arrive whole, in memory that is used again', async () => {
  const bodies = ['Stark', 'Lannister', 'Tully'].map((house) => Buffer.alloc(3_000_000, house));
  // More than the platform buffers.
  const long = Buffer.alloc(40_000_000, 'Greyjoy');
  const { port } = await openKeep((req, res) => void res.end(bodies[Number(req.url?.slice(1))] ?? long));
  const allocated = vi.spyOn(Buffer, 'allocUnsafeSlow');
  onTestFinished(() => allocated.mockRestore());
  const slow = await fetch(`http://127.0.0.1:${port}/long`);
  for (let round = 0; round < 10; round++) {
    for (const [at, body] of bodies.entries()) {
      const answer = await fetch(`http://127.0.0.1:${port}/${at}`);
      expect(body.equals(Buffer.from(await answer.arrayBuffer()))).toBe(true);
    }
  }
  const pieces = allocated.mock.calls.filter(([size]) => size === LARGEST_SPARE);
  expect(long.equals(Buffer.from(await slow.arrayBuffer()))).toBe(true);
  // Each answer is three pieces. Memory that a busy machine does not need for a while is freed.
  expect(pieces.length).toBeLessThan((10 * bodies.length * 3) / 2);
});

test('a client that does not read holds its server back', async () => {
  const total = 100_000_000;
  let written = 0;
  const { port } = await openKeep((_req, res) => {
    const pump = (): void => {
      while (written < total) {
        written += 100_000;
        if (!res.write(Buffer.alloc(100_000))) return void res.once('drain', pump);
      }
      res.end();
    };
    pump();
  });
  const answer = await fetch(`http://127.0.0.1:${port}/`);
  let before = -1;
  await expect.poll(() => before === (before = written), { interval: 200 }).toBe(true);
  expect(written).toBeLessThan(total / 2);
  const body = await answer.arrayBuffer();
  expect(body.byteLength).toBe(total);
});

test('the time-out of a server spares a client that takes its answer slowly, and not one that takes nothing', async () => {
  const switchboard = new Switchboard();
  const server = createServer((_req, res) => void res.end(Buffer.alloc(2 * WINDOW_BYTES))).setTimeout(10);
  switchboard.switchTo([tunnelTo(server).tunnel]);
  let looks = 0;
  const connection = connect(switchboard, {
    write: () => false,
    get unsentBytes() {
      return 1_000 - Math.min(++looks, 4);
    },
  });
  connection.received(Buffer.from(get('/')));
  await once(server, 'timeout');
  expect(looks).toBe(5);
});

test('the end of what a client sends counts for the time-out of a server', async () => {
  const switchboard = new Switchboard();
  const server = createServer()
    .on('clientError', () => {})
    .setTimeout(10, () => {});
  switchboard.switchTo([tunnelTo(server).tunnel]);
  const connection = connect(switchboard, { write: () => true });
  connection.received(Buffer.from('GET / HTTP/1.1'));
  await once(server, 'timeout');
  connection.ended();
  await once(server, 'timeout');
});

test('bytes that a server has written count at once, also those that have yet to cross', async () => {
  const server = createServer(({ socket }) => {
    socket.cork();
    socket.write('HTTP/1.1 200 dusk\r\n\r\n');
    const { bytesWritten } = socket;
    socket.end(String(bytesWritten > 0 && bytesWritten === socket.writableLength));
  });
  const { switchboard, port } = await openKeep(() => {});
  switchboard.switchTo([tunnelTo(server).tunnel]);
  const client = new RawClient(port);
  client.write(get('/'));
  expect(await client.until('true')).toContain('dusk');
});

test('a connection between two requests goes to the next server from its next byte', async () => {
  const { switchboard, port } = await openKeep(named('old'));
  const client = new RawClient(port);
  client.write(get('/1'));
  await client.until('old /1;');
  switchboard.switchTo([tunnelTo(createServer(named('new'))).tunnel]);
  client.write(get('/2'));
  expect(await client.until('new /2;')).not.toContain('old /2');
});

test('a connection between two requests is kept by the next server for as long as that keeps idle ones', async () => {
  const { switchboard, port } = await openKeep(named('old'));
  const client = new RawClient(port);
  client.write(get('/1'));
  const text = await client.until('old /1;');
  const ended = once(client.socket, 'end');
  switchboard.switchTo([tunnelTo(createServer({ keepAliveTimeout: 20 }, named('new'))).tunnel]);
  await ended;
  expect(client.text).toBe(text);
});

test('a connection between two requests is not taken for one whose head comes too slowly', async () => {
  const { switchboard, port } = await openKeep(named('old'));
  const client = new RawClient(port);
  client.write(get('/1'));
  await client.until('old /1;');
  const timeouts = { keepAliveTimeout: 60_000, headersTimeout: 20, connectionsCheckingInterval: 10 };
  switchboard.switchTo([tunnelTo(createServer(timeouts, named('new'))).tunnel]);
  // This connection is younger than the other, and never asks.
  const silent = new RawClient(port);
  await silent.until('408 Request Timeout');
  client.write(get('/2'));
  expect(await client.until('new /2;')).not.toContain('408');
  client.write('GET /3 HTTP/1.1\r\nho');
  await client.until('408 Request Timeout');
});

test('a request on a connection from another server is under no time-out of idle ones', async () => {
  const { switchboard, port } = await openKeep(named('old'));
  const client = new RawClient(port);
  client.write(get('/1'));
  await client.until('old /1;');
  const next = createServer(
    { keepAliveTimeout: 60_000 },
    ({ socket }, res) => void res.end(`${socket.timeout};`),
  );
  switchboard.switchTo([tunnelTo(next).tunnel]);
  client.write(get('/2'));
  expect(await client.until(';', 2)).toMatch(/\r\n0;$/);
});

test('a response that is open ends where it began, and the next request is answered by the next server', async () => {
  const asked = deferred<ServerResponse>();
  const { switchboard, port, first } = await openKeep((_req, res) => asked.resolve(res));
  const client = new RawClient(port);
  client.write(get('/1'));
  const res = await asked.promise;
  switchboard.switchTo([tunnelTo(createServer(named('new'))).tunnel]);
  // The client sends the next request before it has the answer; the old server does not get this request any more.
  client.write(get('/2'));
  res.write('old ');
  await client.until('old ');
  expect(first.tunnel.size).toBe(1);
  res.end('is done;');
  const text = await client.until('new /2;');
  expect(text.indexOf('is done;')).toBeLessThan(text.indexOf('new /2;'));
  expect(first.tunnel.size).toBe(0);
});

test('an upload that is under way is read to its end by the server that began it', async () => {
  const begun = deferred();
  const { switchboard, port } = await openKeep((req, res) => {
    begun.resolve();
    let body = '';
    req.on('data', (chunk) => (body += String(chunk)));
    req.on('end', () => res.end(`old got ${body};`));
  });
  const client = new RawClient(port);
  client.write('POST / HTTP/1.1\r\nhost: keep\r\ncontent-length: 8\r\n\r\nhalf');
  await begun.promise;
  switchboard.switchTo([tunnelTo(createServer(named('new'))).tunnel]);
  client.write('half');
  await client.until('old got halfhalf;');
  client.write(get('/2'));
  await client.until('new /2;');
});

test('a request of which only a part has come stays with the server that has read it', async () => {
  const { switchboard, port, server } = await openKeep(named('old'));
  const client = new RawClient(port);
  client.write(get('/1'));
  await client.until('old /1;');
  const connections = (): Promise<number> =>
    new Promise((resolve) => setImmediate(() => server.getConnections((_e, n) => resolve(n))));
  client.write('GET /2 HTTP/1.1\r\nho');
  await connections();
  client.write('st: keep\r\n');
  // These bytes have been sent when the next connection is answered: bytes of all connections share one way.
  const other = new RawClient(port);
  other.write(get('/other'));
  await other.until('old /other;');
  switchboard.switchTo([tunnelTo(createServer(named('new'))).tunnel]);
  client.write('\r\n');
  await client.until('old /2;');
  client.write(get('/3'));
  await client.until('new /3;');
});

test('the next server begins a request of which only a part had come when no more might begin', async () => {
  const { switchboard, port, first } = await openKeep(named('old'));
  // The first of them has asked before, the second has not.
  const clients = [new RawClient(port), new RawClient(port)];
  clients[0]!.write(get('/1'));
  await clients[0]!.until('old /1;');
  for (const client of clients) client.write('GET /2 HTTP/1.1\r\nho');
  const other = new RawClient(port);
  other.write(get('/other'));
  await other.until('old /other;');
  switchboard.switchTo([]);
  void first.fence();
  for (const client of clients) client.write('st: keep\r\n');
  switchboard.switchTo([tunnelTo(createServer(named('new'))).tunnel]);
  for (const client of clients) client.write('\r\n');
  for (const client of clients) {
    expect(await client.until('new /2;')).not.toContain('old /2');
    client.write(get('/3'));
    await client.until('new /3;');
  }
});

describe.each([
  ['a request with a body', 'POST /1 HTTP/1.1\r\nhost: keep\r\ncontent-length: 4\r\n\r\nfour', '/1'],
  [
    'a request with a body in chunks',
    'POST /1 HTTP/1.1\r\nhost: keep\r\ntransfer-encoding: chunked\r\n\r\n4\r\nfour\r\n0\r\n\r\n',
    '/1',
  ],
  ['requests that were sent at once', get('/0') + get('/1'), '/1'],
])('where no request may begin any more, a head that has begun right behind %s', (_what, before, last) => {
  test('is begun by the next server', async () => {
    const asked = deferred<ServerResponse>();
    const { switchboard, port, first } = await openKeep((req, res) => {
      req.resume();
      if (req.url === last) req.once('end', () => asked.resolve(res));
      else res.end(`old ${req.url};`);
    });
    const client = new RawClient(port);
    client.write(`${before}GET /2 HTTP/1.1\r\nho`);
    const res = await asked.promise;
    switchboard.switchTo([]);
    await first.fence();
    client.write('st: keep\r\n');
    res.end(`old ${last};`);
    await client.until(`old ${last};`);
    switchboard.switchTo([tunnelTo(createServer(named('new'))).tunnel]);
    client.write('\r\n');
    expect(await client.until('new /2;')).not.toContain('old /2');
    client.write(get('/3'));
    await client.until('new /3;');
  });

  test('is answered once where it has been answered before the mark', async () => {
    const { switchboard, port, first } = await openKeep((req, res) => {
      req.resume().once('end', () => res.end(`old ${req.url};`));
    });
    const client = new RawClient(port);
    client.write(`${before}GET /2 HTTP/1.1\r\nho`);
    await client.until(`old ${last};`);
    switchboard.switchTo([]);
    await first.fence();
    switchboard.switchTo([tunnelTo(createServer(named('new'))).tunnel]);
    client.write('st: keep\r\n\r\n');
    expect(await client.until('new /2;')).not.toContain('old /2');
  });
});

test('the body of a request that was answered before it had come is read to its end by that server; what follows is the next one’s', async () => {
  const { switchboard, port, first } = await openKeep((req, res) => void res.end(`old ${req.url};`));
  const client = new RawClient(port);
  client.write('POST /1 HTTP/1.1\r\nhost: keep\r\ncontent-length: 8\r\n\r\nhalf');
  await client.until('old /1;');
  switchboard.switchTo([]);
  await first.fence();
  client.write(`half${get('/2')}`);
  client.write(get('/3'));
  switchboard.switchTo([tunnelTo(createServer(named('new'))).tunnel]);
  expect(await client.until('new /3;')).toContain('new /2;');
  expect(client.text).not.toMatch(/old \/[23]|400/);
});

test('an upgraded connection stays and an open response ends when no more requests may begin', async () => {
  const asked = deferred<ServerResponse>();
  const { switchboard, port, first, server } = await openKeep((_req, res) => asked.resolve(res));
  const upgraded = deferred<Duplex>();
  server.on('upgrade', (_req, socket: Duplex) => upgraded.resolve(socket.on('error', () => {})));
  const [guest, reader] = [new RawClient(port), new RawClient(port)];
  guest.write('GET / HTTP/1.1\r\nhost: keep\r\nconnection: upgrade\r\nupgrade: raven\r\n\r\n');
  reader.write(get('/1'));
  const [socket, res] = await Promise.all([upgraded.promise, asked.promise]);
  switchboard.switchTo([]);
  void first.fence();
  switchboard.switchTo([tunnelTo(createServer(named('new'))).tunnel]);
  res.end('old /1;');
  await reader.until('old /1;');
  socket.write('dark words');
  await guest.until('dark words');
  reader.write(get('/2'));
  await reader.until('new /2;');
});

/** A peer that takes nothing until the test lets it. */
class SlowPeer implements HostEnd {
  text = '';
  #takes = false;

  takeAll(connection: Connection): void {
    this.#takes = true;
    connection.drained();
  }

  write(bytes: Bytes): boolean {
    this.text += unpack(bytes).toString('latin1');
    return this.#takes;
  }

  end(): void {}
  close(): void {}
  refuse(): void {}
  take(): void {}
  pause(): void {}
  resume(): void {}
}

test.each([
  ['one by one', ''],
  ['with the beginning of one more', 'GET /5 HTTP/1.1\r\nho'],
])(
  'requests that come %s behind an answer which a slow client has yet to take are each answered once, in order; those not begun, by the next server',
  async (_how, beginning) => {
    const asked = deferred<Socket>();
    const switchboard = new Switchboard();
    const first = tunnelTo(
      createServer((req, res) => {
        if (req.url === '/0') asked.resolve(req.socket);
        // The platform reads on until several answers wait.
        const size = { '/0': 2 * WINDOW_BYTES, '/1': 100_000 }[req.url ?? ''] ?? 0;
        res.end(`${'.'.repeat(size)}old ${req.url};`);
      }),
    );
    switchboard.switchTo([first.tunnel]);
    const peer = new SlowPeer();
    const connection = new Connection(peer, {}, switchboard);
    connection.place();
    let sent = 0;
    const send = (text: string): void => {
      sent += text.length;
      connection.received(Buffer.from(text));
    };
    send(get('/0'));
    const socket = await asked.promise;
    send(get('/1'));
    await expect.poll(() => socket.isPaused()).toBe(true);
    for (const text of [get('/2'), get('/3'), get('/4') + beginning]) send(text);
    await expect.poll(() => socket.bytesRead).toBe(sent);
    switchboard.switchTo([]);
    await first.fence();
    switchboard.switchTo([tunnelTo(createServer(named('new'))).tunnel]);
    peer.takeAll(connection);
    const answers = (): string[] => peer.text.match(/(?:old|new) \/\d;/g) ?? [];
    await expect.poll(answers).toEqual(['old /0;', 'old /1;', 'new /2;', 'new /3;', 'new /4;']);
    if (beginning === '') return;
    send('st: keep\r\n\r\n');
    await expect.poll(() => answers().at(-1)).toBe('new /5;');
  },
);

test('pipelined requests are each answered once, in order, across twenty switches', async () => {
  const { switchboard, port } = await openKeep(named('server 0'));
  const client = new RawClient(port);
  for (let round = 1; round <= 20; round++) {
    const first = round * 3;
    client.write(get(`/${first}`) + get(`/${first + 1}`));
    switchboard.switchTo([tunnelTo(createServer(named(`server ${round}`))).tunnel]);
    client.write(get(`/${first + 2}`));
    await client.until(` /${first + 2};`);
  }
  const paths = [...client.text.matchAll(/server \d+ \/(\d+);/g)].map(([, path]) => Number(path));
  expect(paths).toEqual(Array.from({ length: 60 }, (_, index) => index + 3));
});

test('a thread that dies between two requests is not noticed; before an answer it is a 502; within one the connection is cut', async () => {
  const asked = [deferred<ServerResponse>(), deferred<ServerResponse>()];
  const { switchboard, port, first } = await openKeep((req, res) => {
    if (req.url === '/open') asked[0]?.resolve(res);
    else if (req.url === '/half') asked[1]?.resolve(res.writeHead(200, { 'content-length': 10 }));
    else res.end('old;');
  });
  const [idle, open, half] = [new RawClient(port), new RawClient(port), new RawClient(port)];
  idle.write(get('/'));
  await idle.until('old;');
  open.write(get('/open'));
  half.write(get('/half'));
  await asked[0]?.promise;
  (await asked[1]?.promise)?.write('half');
  await half.until('half');
  switchboard.remove(first.tunnel);
  first.lose(new Error('It crashed.'));
  await open.until('502 Bad Gateway');
  await half.closed;
  idle.write(get('/'));
  switchboard.add(tunnelTo(createServer(named('new'))).tunnel);
  await idle.until('new /;');
});

test('a peer that resets its connection ends the request, with the error of the platform', async () => {
  const asked = deferred<ServerResponse>();
  const { port, server } = await openKeep((_req, res) => asked.resolve(res));
  const failed = deferred<Error>();
  server.on('connection', (socket: Socket) => socket.on('error', failed.resolve));
  const client = new RawClient(port);
  client.write(get('/gone'));
  const res = await asked.promise;
  const closed = new Promise((resolve) => res.once('close', resolve));
  client.socket.resetAndDestroy();
  await closed;
  expect(res.writableFinished).toBe(false);
  const errno = -constants.errno.ECONNRESET;
  expect(await failed.promise).toMatchObject({ errno, code: 'ECONNRESET', syscall: 'read' });
});

test('listeners of a closed connection hear whether there was an error', async () => {
  const { server, port } = await openKeep((_req, res) => res.end('gone'));
  const connected = async (): Promise<[RawClient, Promise<unknown[]>]> => {
    const accepted = once(server, 'connection');
    const client = new RawClient(port);
    const [socket] = (await accepted) as [Socket];
    return [client, new Promise((resolve) => socket.once('close', (...args) => resolve(args)))];
  };
  const [broken, failed] = await connected();
  broken.socket.resetAndDestroy();
  expect(await failed).toEqual([true]);
  const [good, ended] = await connected();
  good.socket.end();
  expect(await ended).toEqual([false]);
});

test('requests without a server wait for the next one, or are refused when there will be none', async () => {
  const switchboard = new Switchboard();
  const port = await openPort(switchboard);
  const client = new RawClient(port);
  client.write(get('/early'));
  switchboard.switchTo([tunnelTo(createServer(named('server'))).tunnel]);
  await client.until('server /early;');
  switchboard.refuse(new Error('Nobody.'));
  client.write(get('/late'));
  await client.until('502 Bad Gateway');
  client.socket.end();
  await client.closed;
});

test('closing ends connections that are between two requests at once, and the others with their answer', async () => {
  const asked = deferred<ServerResponse>();
  const { switchboard, port } = await openKeep((req, res) => {
    if (req.url === '/open') asked.resolve(res);
    else res.end('idle;');
  });
  const [idle, open] = [new RawClient(port), new RawClient(port)];
  idle.write(get('/'));
  await idle.until('idle;');
  open.write(get('/open'));
  const res = await asked.promise;
  switchboard.close();
  idle.socket.end();
  await idle.closed;
  res.end('done;');
  await open.until('done;');
  open.socket.end();
  await open.closed;
});

test('a request that begins right after the assignment is the next version’s, also where it travels with the question to leave', async () => {
  const switchboard = new Switchboard();
  const first = tunnelTo(createServer(named('first')));
  const second = tunnelTo(createServer(named('second')));
  switchboard.switchTo([first.tunnel]);
  let answered = deferred<string>();
  const connection = connect(switchboard, {
    write: (bytes) => {
      answered.resolve(Buffer.from(bytes as string, 'latin1').toString());
      return true;
    },
  });
  connection.received(Buffer.from(get('/one')));
  expect(await answered.promise).toContain('first /one;');

  answered = deferred<string>();
  switchboard.switchTo([second.tunnel]);
  connection.received(Buffer.from(get('/two')));
  expect(await answered.promise).toContain('second /two;');
});
