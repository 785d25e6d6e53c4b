import { EventEmitter } from 'node:events';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import type { ServeOptions } from '../../lib/http/index.js';
import { HostPeer } from '../../lib/http/websocket/host-peer.js';
import type { Upgrade } from '../../lib/http/websocket/notes.js';
import type { PluginText } from '../helpers/compose-plugin.js';
import { loadIn, modes, type Mode } from '../helpers/modes.js';
import { openServer } from '../helpers/web-plugin.js';
import { Client, RawClient } from '../helpers/web-socket-client.js';
import { frame, opcodes } from '../helpers/web-socket-frames.js';

const hall = (hooks: string): PluginText => ({
  name: 'hall',
  http: `{ fetch: () => new Response('plain'), websocket: { ${hooks} } }`,
});
const echo = 'message(peer, message) { peer.send(message.text()); }';

async function open(mode: Mode, hooks: string, options?: ServeOptions): Promise<string> {
  const { url } = await openServer(await loadIn(mode, [hall(hooks)]), options);
  return url;
}

const upgrade: Upgrade = {
  kind: 'websocket',
  url: 'http://localhost/',
  headerLines: '',
  namespace: '/',
  remoteAddress: undefined,
  headers: [],
  protocol: undefined,
  context: undefined,
};

/** The part of a socket that a peer looks at. */
class FakeSocket extends EventEmitter {
  isPaused = false;
  bufferedAmount = 0;
  closedWith: number | undefined;

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  close(code: number): void {
    this.closedWith = code;
  }
}

function peerOf(socket: FakeSocket): HostPeer {
  const deps = { limits: { maxBufferedBytes: 1_000 }, onEvent: () => {}, hears: () => false };
  return new HostPeer(1, socket as unknown as WebSocket, upgrade, deps);
}

describe.each(modes)('in mode %s', (mode) => {
  test('a close that no protocol allows, and a header that would be two, are the hook’s failure', async () => {
    const url = await open(
      mode,
      `upgrade: (request) =>
         request.url.endsWith('/split') ? { headers: [['x-note', 'one\\r\\nx-other: two']] } :
         request.url.endsWith('/split-protocol') ? { protocol: 'one\\r\\nx-other: two' } : undefined,
       message(peer, message) {
         const [code, length] = message.text().split(' ').map(Number);
         peer.close(code, 'x'.repeat(length));
       },
       error: (peer, error) => { peer.send(error.message); }`,
    );
    for (const [asked, says] of [
      ['1005 1', /its code is 1005/],
      ['70000 1', /70000/],
      ['1000 124', /123/],
    ] as const) {
      const client = await Client.open(url);
      expect(await client.ask(asked)).toMatch(says);
    }
    for (const path of ['split', 'split-protocol'])
      await expect(Client.open(url + path)).rejects.toThrow('Unexpected server response: 500');
  });

  test('a topic, a namespace, options and a threshold that are none are the hook’s failure, and end no thread', async () => {
    const swapper = await loadIn(mode, [
      {
        ...hall(`
          upgrade: (request) => (request.url.endsWith('/nowhere') ? { namespace: Symbol('hall') } : undefined),
          open(peer) { peer.subscribe('hall'); },
          async message(peer, message) {
            const steps = {
              subscribe: () => peer.subscribe(Symbol('hall')),
              unsubscribe: () => peer.unsubscribe(() => {}),
              publish: () => peer.publish({ hall() {} }, 'hodor'),
              threshold: () => peer.waitForDrain({ threshold: NaN }),
              reason: () => peer.close(1000, 5),
              compress: () => peer.send('sent', { compress: () => true }),
              empty: () => peer.send({ toJSON() {} }),
              context: () => { peer.context = null; peer.send('sent'); },
            };
            await steps[message.text()]();
          },
          error(peer, error) { peer.send(error.code + ' ' + error.message); }`),
      },
    ]);
    const crashed: unknown[] = [];
    swapper.on('threadCrashed', (event) => crashed.push(event));
    const server = await openServer(swapper);
    const client = await Client.open(server.url);
    for (const step of ['subscribe', 'unsubscribe', 'publish', 'threshold', 'reason'])
      expect(await client.ask(step)).toMatch(/^OPTION_INVALID .*(topic|threshold|reason)/);
    for (const [step, answer] of Object.entries({ compress: 'sent', empty: '', context: 'sent' }))
      expect(await client.ask(step)).toBe(answer);
    await expect(Client.open(`${server.url}nowhere`)).rejects.toThrow('Unexpected server response: 500');
    expect(() => server.publish(Symbol('hall') as never, 'hodor')).toThrow('A topic is a string');
    expect(() => server.publish('hall', 'hodor', { namespace: 5 as never })).toThrow(
      'A namespace is a string',
    );
    server.publish('hall', 'hodor');
    expect(await client.next()).toBe('hodor');
    expect(crashed).toEqual([]);
  });

  test('an upgrade that nobody decides is refused with 504 after timeoutMs; its hook is told of that, and of a client that goes', async () => {
    const swapper = await loadIn(mode, [
      {
        ...hall(`upgrade: (request) => new Promise(() => {
          const { pathname } = new URL(request.url);
          globalThis.told ??= {};
          globalThis.told[pathname] = 'asked';
          request.signal.addEventListener('abort', () => void (globalThis.told[pathname] = request.signal.reason.code));
        })`),
        live: { live_told: `(path) => globalThis.told?.[path]` },
      },
    ]);
    const told = (path: string) => expect.poll(() => swapper.call('live_told', path), { timeout: 20_000 });
    const { url } = await openServer(swapper, { timeoutMs: 50 });
    await expect(Client.open(`${url}${mode}/late`)).rejects.toThrow('Unexpected server response: 504');
    await told(`/${mode}/late`).toBe('CALL_TIMEOUT');
    const patient = await openServer(swapper);
    const client = await RawClient.ask(`${patient.url}${mode}/gone`);
    await told(`/${mode}/gone`).toBe('asked');
    client.reset();
    await told(`/${mode}/gone`).toBe('CALL_ABORTED');
    const polite = await RawClient.ask(`${patient.url}${mode}/left`);
    await told(`/${mode}/left`).toBe('asked');
    polite.end();
    await told(`/${mode}/left`).toBe('CALL_ABORTED');
  });

  test('a refusal whose body cannot be read is the hook’s failure', async () => {
    const swapper = await loadIn(mode, [
      hall(`upgrade: async (request) => {
        const refusal = new Response('no', { status: 403 });
        if (request.url.endsWith('/read')) await refusal.text();
        else return new Response(new ReadableStream({ pull: (it) => it.error(new Error('broken')) }), { status: 403 });
        return refusal;
      }`),
    ]);
    const crashed: unknown[] = [];
    swapper.on('threadCrashed', (event) => crashed.push(event));
    const { url } = await openServer(swapper);
    for (const path of ['read', 'broken'])
      await expect(Client.open(url + path)).rejects.toThrow('Unexpected server response: 500');
    expect(crashed).toEqual([]);
  });

  test('clients that go while they are let in, or are refused, end nothing', async () => {
    const upgrade = `upgrade: async (request) => {
      await new Promise((resolve) => setImmediate(resolve));
      if (request.url.endsWith('/no')) return new Response('no', { status: 403 });
    },`;
    const swapper = await loadIn(mode, [hall(upgrade + echo)]);
    const crashed: unknown[] = [];
    swapper.on('threadCrashed', (event) => crashed.push(event));
    for (const options of [{}, { mount: { '/hall': 'hall' } }]) {
      const { url } = await openServer(swapper, options);
      for (const path of ['hall/', 'hall/no', 'nowhere']) {
        const clients = await Promise.all(Array.from({ length: 10 }, () => RawClient.ask(url + path)));
        for (const client of clients) client.reset();
      }
      const client = await Client.open(`${url}hall/`);
      expect(await client.ask('hail')).toBe('hail');
    }
    expect(crashed).toEqual([]);
  });

  test('a client that half-closes within a message is seen off, and its hook is told that it never said goodbye', async () => {
    const url = await open(
      mode,
      `upgrade: () => ({ namespace: 'hall' }),
       open(peer) { peer.subscribe('closed'); },
       ${echo},
       close(peer, { code }) { peer.publish('closed', String(code)); }`,
    );
    const other = await Client.open(url);
    const half = await RawClient.open(url);
    half.write(frame(opcodes.text, 'win'));
    half.end();
    expect(await other.next()).toBe('1006');
    expect(await half.nextFrame()).toBe(undefined);
    expect(await other.ask('hail')).toBe('hail');
  });

  test('a client that does not read is waited for, its drain is told, and beyond the limit it is seen off', async () => {
    const url = await open(
      mode,
      `async message(peer, message) {
         if (message.text() === 'sent?') return void peer.send(String(globalThis.sent));
         const isPatient = message.text() === 'patient';
         for (globalThis.sent = 0; globalThis.sent < 400; globalThis.sent++) {
           peer.send('x'.repeat(100_000));
           if (isPatient) await peer.waitForDrain({ threshold: 200_000 });
         }
       },
       drain(peer) { peer.send('drained'); }`,
      { maxBufferedBytes: 10_000_000 },
    );
    const other = await Client.open(url);
    const patient = await Client.open(url);
    patient.socket.pause();
    patient.socket.send('patient');
    // In the end, all buffers on the way to this client are full, and no more is sent.
    let before = '';
    await expect
      .poll(async () => {
        const [last, now] = [before, await other.ask('sent?')];
        before = now;
        return last === now && Number(now) > 0 && Number(now) < 400;
      })
      .toBe(true);
    patient.socket.resume();
    let heard = 0;
    for (let text = ''; text !== 'drained'; text = await patient.next()) heard++;
    expect(heard).toBe(401);
    const slow = await Client.open(url);
    slow.socket.pause();
    slow.socket.send('greedy');
    expect(await other.ask('sent?')).toMatch(/^\d+$/);
    slow.socket.resume();
    expect(await slow.closed).toBe(1013);
  });

  test('a flood of messages is read no faster than its hooks run, and is told in order, each once', async () => {
    const url = await open(
      mode,
      `async message(peer, message) {
         peer.context.most = Math.max(peer.context.most ?? 0, Number(message.text()) - (peer.context.told ?? 0));
         peer.context.told = Number(message.text());
         await new Promise((resolve) => setImmediate(resolve));
         if (message.text() === '1000') peer.send(JSON.stringify(peer.context));
       }`,
    );
    const client = await Client.open(url);
    for (let number = 1; number <= 1_000; number++) client.socket.send(String(number));
    expect(JSON.parse(await client.next())).toEqual({ most: 1, told: 1_000 });
  });

  test('the request of a peer has no x-forwarded-* headers of an untrusted client', async () => {
    const url = await open(
      mode,
      `upgrade: (request) => ({ context: { forged: request.headers.get('x-forwarded-for') } }),
       message(peer) {
         const { headers, url } = peer.request;
         peer.send({ forged: [peer.context.forged, headers.get('x-forwarded-for')], ip: peer.remoteAddress, url: url.slice(0, 5), other: headers.get('x-other') });
       }`,
    );
    const headers = { 'x-forwarded-for': '6.6.6.6', 'X-Forwarded-Proto': 'https', 'x-other': 'kept' };
    const client = await Client.open(url, [], { headers });
    expect(JSON.parse(await client.ask('who?'))).toEqual({
      forged: [null, null],
      ip: '127.0.0.1',
      url: 'http:',
      other: 'kept',
    });
  });

  test('WebSockets are served over TLS, too', async () => {
    const read = (name: string): Promise<string> => readFile(`test/fixtures/tls/${name}.pem`, 'utf8');
    const [cert, key] = [await read('cert'), await read('key')];
    for (const mount of [{}, { mount: { '/': 'hall', '/other': 'hall' } }]) {
      const url = await open(mode, echo, { tls: { cert, key }, ...mount });
      const client = await Client.open(url, [], { ca: cert });
      expect(await client.ask('hail')).toBe('hail');
    }
  });
});

test('a socket from which more messages have come than may wait is not read until some are told', () => {
  const socket = new FakeSocket();
  const peer = peerOf(socket);
  expect(peer.next()).toEqual({ hook: 'open' });
  for (let number = 1; number < 64; number++) socket.emit('message', Buffer.from(String(number)), false);
  expect(socket.isPaused).toBe(false);
  socket.emit('message', Buffer.from('64'), false);
  expect(socket.isPaused).toBe(true);
  for (let told = 1; told <= 31; told++) peer.next();
  expect(socket.isPaused).toBe(true);
  expect(peer.next()).toMatchObject({ data: '32' });
  expect(socket.isPaused).toBe(false);
});

test('answers to pings count as what a client does not read', () => {
  const socket = new FakeSocket();
  const peer = peerOf(socket);
  expect(peer.buffered).toBe(0);
  socket.emit('ping');
  expect(socket.closedWith).toBe(undefined);
  socket.bufferedAmount = 1_001;
  socket.emit('ping');
  expect(socket.closedWith).toBe(1013);
});
