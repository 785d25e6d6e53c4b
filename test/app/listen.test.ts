import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { Agent, get, type IncomingMessage } from 'node:http';
import { BlockList, connect, createServer, Server, Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test, vi } from 'vitest';
import { appProject } from '../helpers/app-project.js';
import { freePort } from '../helpers/free-port.js';
import { RawClient } from '../helpers/socket-crossing.js';

test.skipIf(process.platform === 'win32')(
  'other users may use a socket of an app that says so, as a proxy in front of it does',
  async () => {
    const { folder, serve } = await appProject({
      'server.js': `
        require('http').createServer().listen({ path: __dirname + '/gate.sock', readableAll: true, writableAll: true });`,
    });
    await serve('server.js');
    const { mode } = await stat(join(folder, 'gate.sock'));
    expect(mode & 0o666).toBe(0o666);
  },
);

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const canReusePorts = process.platform === 'linux' && (major > 22 || (major === 22 && minor >= 12));

test.skipIf(!canReusePorts)(
  'several processes may listen on one port where each of them says so',
  async () => {
    const listening = (port: number): Record<string, string> => ({
      'server.js': `
      require('http').createServer().listen({ port: ${port}, host: '127.0.0.1', reusePort: true });`,
    });
    const first = await (await appProject(listening(0))).serve('server.js');
    const port = Number(new URL(first.urls[0] ?? '').port);
    const second = await (await appProject(listening(port))).serve('server.js');
    expect(second.urls).toEqual(first.urls);
  },
);

test.each([
  ['its server asks for that', '{ keepAlive: true, keepAliveInitialDelay: 30_000 }', ''],
  ['its socket is told to', '{}', 'socket.setKeepAlive(true, 30_000)'],
])('the system probes an idle peer, which may be gone without a word, where %s', async (_, options, said) => {
  const probes = vi.spyOn(Socket.prototype, 'setKeepAlive');
  onTestFinished(() => probes.mockRestore());
  const { serve } = await appProject({
    'server.js': `require('net').createServer(${options}, (socket) => { ${said} }).listen(0, '127.0.0.1');`,
  });
  const { urls } = await serve('server.js');
  const peer = connect(Number(new URL(urls[0] ?? '').port), '127.0.0.1');
  onTestFinished(() => void peer.destroy());
  await expect.poll(() => probes.mock.calls).toEqual([[true, 30_000]]);
});

/** A server that answers with its edition, at a host. */
const listeningAt = (port: number, host: string, edition: number): Record<string, string> => ({
  'server.js': `
    const server = require('http').createServer((request, response) => response.end('${edition}'));
    server.listen({ port: ${port}${host && `, host: '${host}'`} });
    server.on('listening', () => console.log(server.address()));`,
});

/** A client that keeps one connection, and asks on it. */
function openClient(port: number): { ask: () => Promise<string>; readonly connections: number } {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  let connections = 0;
  return {
    get connections() {
      return connections;
    },
    ask: async () => {
      const asked = get({ agent, host: '127.0.0.1', port });
      asked.once('socket', (socket) => void (socket.connecting && connections++));
      const [response] = (await once(asked, 'response')) as [IncomingMessage];
      return text(response);
    },
  };
}

// Other systems let a server listen at one host of a port while another one listens at all.
const isLinux = process.platform === 'linux';

test.skipIf(!isLinux).each([
  ['', '127.0.0.1', '127.0.0.1'],
  ['127.0.0.1', '0.0.0.0', '0.0.0.0'],
  ['127.0.0.1', '', '::'],
  ['0.0.0.0', 'localhost', '127.0.0.1'],
])('a port moves from host "%s" to "%s" with an edit, and its connections stay', async (from, to, seen) => {
  const port = await freePort();
  const { write, serve } = await appProject(listeningAt(port, from, 1));
  const app = await serve('server.js');
  const client = openClient(port);
  expect(await client.ask()).toBe('1');

  await write(listeningAt(port, to, 2));
  await app.reload();
  expect(await client.ask()).toBe('2');
  expect(client.connections).toBe(1);
  expect(await openClient(port).ask()).toBe('2');
  expect(app.urls).toEqual([seen === '127.0.0.1' ? `http://127.0.0.1:${port}` : `http://localhost:${port}`]);

  await write(listeningAt(port, from, 3));
  await app.reload();
  expect(await client.ask()).toBe('3');
  expect(client.connections).toBe(1);
});

test.skipIf(!isLinux)('a port that an edit wants for IPv6 only is no longer open for IPv4', async () => {
  const port = await freePort();
  const listening = (settings: string): Record<string, string> => ({
    'server.js': `require('http').createServer().listen({ port: ${port}, host: '::'${settings} });`,
  });
  const { write, serve } = await appProject(listening(''));
  const app = await serve('server.js');
  const visit = (): Promise<unknown[]> => once(connect(port, '127.0.0.1').end(), 'connect');
  await visit();
  await write(listening(', ipv6Only: true'));
  await app.reload();
  await expect(visit()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await write(listening(''));
  await app.reload();
  await visit();
});

test.skipIf(!isLinux)(
  'a port does not move to a host where another process listens, and the old version serves on',
  async () => {
    const port = await freePort();
    const { write, serve } = await appProject(listeningAt(port, '127.0.0.1', 1));
    const app = await serve('server.js');
    const other = createServer().listen(port, '127.0.0.2');
    onTestFinished(() => void other.close());
    await once(other, 'listening');

    await write(listeningAt(port, '0.0.0.0', 2));
    await expect(app.reload()).rejects.toMatchObject({
      message: expect.stringContaining(
        `EADDRINUSE: address already in use 0.0.0.0:${port}; end what listens`,
      ),
      cause: { code: 'START_FAILED' },
    });
    expect(await openClient(port).ask()).toBe('1');
    other.close();
    await app.reload();
    expect(await openClient(port).ask()).toBe('2');
  },
);

test.skipIf(!isLinux)('a port stays where it is while the host may still refuse the version', async () => {
  const port = await freePort();
  const { write, serve } = await appProject(listeningAt(port, '127.0.0.1', 1));
  const seen: (readonly string[])[] = [];
  const app = await serve('server.js', {
    swapper: {
      onReload: (_next, previous) => {
        if (!previous) return;
        seen.push(app.urls);
        throw new Error('not now');
      },
    },
  });
  await write(listeningAt(port, '0.0.0.0', 2));
  await expect(app.reload()).rejects.toMatchObject({ cause: { code: 'RELOAD_VETOED' } });
  expect(seen).toEqual([[`http://127.0.0.1:${port}`]]);
  expect(await openClient(port).ask()).toBe('1');
});

test.skipIf(process.platform === 'win32')(
  'the file of a socket is gone when its server is closed',
  async () => {
    const { serve } = await appProject({
      'server.js': `
      const { createServer } = require('http');
      const { existsSync } = require('fs');
      const file = __dirname + '/gate.sock';
      createServer((request, response) => {
        const gate = createServer().listen(file, () => {
          const before = existsSync(file);
          gate.close();
          response.end(JSON.stringify([before, existsSync(file)]));
        });
      }).listen(0, '127.0.0.1');`,
    });
    const { urls } = await serve('server.js');
    expect(await (await fetch(urls[0] ?? '')).json()).toEqual([true, false]);
  },
);

test('a port that is none throws at once, as in a process', async () => {
  const { serve } = await appProject({
    'server.js': `
      const { createServer } = require('http');
      const messageOf = (...args) => { try { createServer().listen(...args); } catch (error) { return error.code + ' ' + error.message; } };
      const messages = [messageOf(70_000), messageOf({ port: 70_000 }), messageOf({ port: 'harbour' }), messageOf(' ')];
      createServer((request, response) => response.end(JSON.stringify(messages))).listen(0, '127.0.0.1');`,
  });
  const { urls } = await serve('server.js');
  const messages = await (await fetch(urls[0] ?? '')).json();
  const bad = 'ERR_SOCKET_BAD_PORT options.port should be >= 0 and < 65536. Received type';
  expect(messages).toEqual([
    `${bad} number (70000).`,
    `${bad} number (70000).`,
    `${bad} string ('harbour').`,
    `${bad} string (' ').`,
  ]);
});

test('options that name no place throw at once, as in a process, and of a port and a path the port counts', async () => {
  const { serve } = await appProject({
    'server.js': `
      const { createServer } = require('http');
      const messageOf = (...args) => { try { createServer().listen(...args); } catch (error) { return error.code + ' ' + error.message; } };
      const messages = [{}, { prot: 3000 }, { path: 3 }, { port: true }, true].map((one) => messageOf(one));
      createServer((request, response) => response.end(JSON.stringify(messages)))
        .listen({ port: 0, host: '127.0.0.1', path: 'gate', fd: undefined });`,
  });
  const { urls } = await serve('server.js');
  const messages = await (await fetch(urls[0] ?? '')).json();
  const bad = `ERR_INVALID_ARG_VALUE The argument 'options'`;
  expect(messages).toEqual([
    `${bad} must have the property "port" or "path". Received {}`,
    `${bad} must have the property "port" or "path". Received { prot: 3000 }`,
    `${bad} is invalid. Received { path: 3 }`,
    `${bad} is invalid. Received { port: true }`,
    `${bad} is invalid. Received { port: true }`,
  ]);
});

test('a signal that is none throws at once, as in a process', async () => {
  const { serve } = await appProject({
    'server.js': `
      const { createServer } = require('http');
      const messageOf = (signal) => {
        try { createServer().listen({ port: 0, signal }); } catch (error) { return error.code + ' ' + error.message; }
      };
      const messages = [3, null, new AbortController(), { aborted: false }].map((one) => messageOf(one));
      const { signal } = new AbortController();
      createServer((request, response) => response.end(JSON.stringify(messages)))
        .listen({ port: 0, host: '127.0.0.1', signal });`,
  });
  const { urls } = await serve('server.js');
  const messages = await (await fetch(urls[0] ?? '')).json();
  const bad =
    'ERR_INVALID_ARG_TYPE The "options.signal" property must be an instance of AbortSignal. Received';
  expect(messages).toEqual([
    `${bad} 3`,
    `${bad} null`,
    expect.stringContaining(`${bad} AbortController {`),
    `${bad} { aborted: false }`,
  ]);
});

test('an error of listening names the host that could not be found', async () => {
  const { serve } = await appProject({
    'server.js': `
      const { createServer } = require('http');
      let failed;
      createServer().on('error', ({ code, hostname }) => (failed = [code, hostname])).listen(0, 'no.such.host.invalid');
      createServer((request, response) => response.end(JSON.stringify(failed ?? null))).listen(0, '127.0.0.1');`,
  });
  const { urls } = await serve('server.js');
  const failed = async (): Promise<unknown> => (await fetch(urls[0] ?? '')).json();
  await expect.poll(failed).toEqual([expect.stringMatching(/^E/) as string, 'no.such.host.invalid']);
});

test.skipIf(!('blockList' in new Server({ blockList: new BlockList() } as object)))(
  'a server of bare connections takes none from the addresses that it blocks',
  async () => {
    const { serve } = await appProject({
      'server.js': `
        const { BlockList, Server } = require('net');
        const blockList = new BlockList();
        blockList.addAddress('127.0.0.1');
        new Server({ blockList }, (socket) => socket.end('welcome')).listen(0, '127.0.0.1');`,
    });
    const { urls } = await serve('server.js');
    const peer = connect(Number(new URL(urls[0] ?? '').port), '127.0.0.1');
    expect(await text(peer).catch(() => '')).toBe('');
  },
);

test('the high-water mark of a server is that of its sockets', async () => {
  const { serve } = await appProject({
    'server.js': `
      require('http').createServer({ highWaterMark: 1_234 }, ({ socket }, response) =>
        response.end(JSON.stringify([socket.readableHighWaterMark, socket.writableHighWaterMark]))).listen(0, '127.0.0.1');`,
  });
  const { urls } = await serve('server.js');
  expect(await (await fetch(urls[0] ?? '')).json()).toEqual([1_234, 1_234]);
});

test('an app that goes on after an address was refused is up', async () => {
  const port = await freePort();
  const { serve } = await appProject({
    'server.js': `
      process.on('uncaughtException', () => {});
      const { createServer } = require('http');
      for (let nth = 0; nth < 2; nth++) createServer((request, response) => response.end('open')).listen(${port}, '127.0.0.1');`,
  });
  await serve('server.js', { swapper: { startMs: 5_000 } });
  expect(await openClient(port).ask()).toBe('open');
});

test('a server that is closed before it listens, and listens again, listens', async () => {
  const port = await freePort();
  const { serve } = await appProject({
    'server.js': `
      const server = require('http').createServer((request, response) => response.end('again'));
      for (let nth = 0; nth < 3; nth++) server.listen(${port}, '127.0.0.1').close();
      server.listen(${port}, '127.0.0.1');`,
  });
  const { urls } = await serve('server.js');
  expect(urls).toEqual([`http://127.0.0.1:${port}`]);
  expect(await openClient(port).ask()).toBe('again');
});

test('a server that is closed before it listens does not listen', async () => {
  const { serve } = await appProject({
    'server.js': `
      const { createServer } = require('http');
      const early = createServer().listen(0, '127.0.0.1');
      early.close();
      createServer((request, response) => response.end(String(early.listening))).listen(0, '127.0.0.1');`,
  });
  const { urls } = await serve('server.js');
  expect(urls).toHaveLength(1);
  expect(await (await fetch(urls[0] ?? '')).text()).toBe('false');
});

test('a server may read what a proxy says first: its connections end between two requests where the next version would wait for that again', async () => {
  const port = await freePort();
  const server = (edition: number): Record<string, string> => ({
    'server.js': `
      const server = require('http').createServer(({ socket }, response) => response.end(socket.client + ' of ${edition}.'));
      const parsers = server.listeners('connection');
      server.removeAllListeners('connection');
      server.on('connection', (socket) => socket.once('readable', () => {
        const bytes = socket.read();
        const end = bytes.indexOf('\\r\\n');
        socket.client = bytes.toString('latin1', 0, end);
        socket.unshift(bytes.subarray(end + 2));
        for (const parser of parsers) parser.call(server, socket);
      }));
      server.listen(${port}, '127.0.0.1');`,
  });
  const { write, serve } = await appProject(server(1));
  const app = await serve('server.js');
  const ask = 'GET / HTTP/1.1\r\nHost: gate\r\n\r\n';
  const client = new RawClient(port);
  client.write(`PROXY TCP4 1.2.3.4\r\n${ask}`);
  await client.until('PROXY TCP4 1.2.3.4 of 1.');
  client.write(ask);
  await client.until('PROXY TCP4 1.2.3.4 of 1.', 2);
  const silent = new RawClient(port);
  await once(silent.socket, 'connect');

  await write(server(2));
  const ended = once(client.socket, 'end');
  await app.reload();
  await ended;
  silent.write(`PROXY TCP4 5.6.7.8\r\n${ask}`);
  await silent.until('PROXY TCP4 5.6.7.8 of 2.');
});
