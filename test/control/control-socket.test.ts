import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import fc from 'fast-check';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { ControlClient } from '../../lib/control/control-client.js';
import type { Controlled } from '../../lib/control/control-session.js';
import { ControlSocket } from '../../lib/control/control-socket.js';
import { removeStale } from '../../lib/control/remove-stale.js';
import { listSwappers } from '../../lib/control/socket-folder.js';
import { LiveswapError } from '../../lib/index.js';
import { deferred } from '../helpers/deferred.js';
import { tempFolder } from '../helpers/temp-folder.js';

const facts = { folder: '/srv/plugins', version: '1.2.3' };
let sockets: string;

/** Tests of files of sockets. Windows has pipes instead, which leave no file behind and have no mode. */
const testOnUnix = test.skipIf(process.platform === 'win32');

beforeEach(async () => {
  sockets = join(await tempFolder(), 'sockets');
  vi.stubEnv('LIVESWAP_SOCKETS', sockets);
});

function controlled(parts: Partial<Controlled> = {}): Controlled {
  return {
    status: () => ({ generation: 7 }),
    reload: async () => ({ guardian: 'ok' }),
    rollback: async () => ({ guardian: 'ok' }),
    subscribe: () => () => {},
    ...parts,
  };
}

async function openSocket(parts: Partial<Controlled> = {}): Promise<ControlSocket> {
  const socket = await ControlSocket.open(controlled(parts), facts);
  onTestFinished(() => socket.close());
  return socket;
}

async function openClient({ path }: Pick<ControlSocket, 'path'>): Promise<ControlClient> {
  const client = await ControlClient.open(path);
  onTestFinished(() => client[Symbol.asyncDispose]());
  return client;
}

testOnUnix(
  'a socket in the folder of this user is found with what it controls, and is gone when it is closed',
  async () => {
    const socket = await openSocket();
    expect(await listSwappers()).toEqual([
      { pid: process.pid, ...facts, startedAt: expect.any(String) as string, socket: socket.path },
    ]);
    expect((await stat(sockets)).mode & 0o777).toBe(0o700);
    expect((await stat(socket.path)).mode & 0o777).toBe(0o600);
    await socket.close();
    expect(await readdir(sockets)).toEqual([]);
  },
);

testOnUnix(
  'a path that is too long for a socket is refused, and nothing listens at its beginning',
  async () => {
    const folder = await tempFolder();
    const path = join(folder, 'moat'.repeat(30));
    await expect(ControlSocket.open(controlled(), facts, path)).rejects.toMatchObject({
      code: 'CONTROL_FAILED',
      path,
      message: expect.stringMatching(/it has \d+ bytes, and .* at most 10[37]; choose another/) as string,
    });
    expect(await readdir(folder)).toEqual([]);
  },
);

testOnUnix('one whose facts cannot be written is closed again', async () => {
  const first = await openSocket();
  const next = first.path.replace(/\d+(?=\.sock$)/, (number) => String(Number(number) + 1));
  await mkdir(next.replace(/sock$/, 'json'));
  await expect(openSocket()).rejects.toMatchObject({ code: 'CONTROL_FAILED', path: next });
  expect(await readdir(sockets)).toHaveLength(2);
  await expect(ControlClient.open(next)).rejects.toMatchObject({ code: 'CONTROL_FAILED' });
});

test('answers commands, in their order', async () => {
  const client = await openClient(await openSocket());
  expect(await client.ask('status', {})).toEqual({ generation: 7 });
  expect(await client.ask('reload', { wait: true })).toEqual({ guardian: 'ok' });
  expect(await client.ask('rollback', { wait: false })).toBe('accepted');
});

test('a change is told what to drop, and nothing else than that', async () => {
  const asked: unknown[] = [];
  const note = async (request: unknown): Promise<void> => void asked.push(request);
  const client = await openClient(await openSocket({ reload: note, rollback: note }));
  await client.ask('reload', { wait: true, kept: 'drop', force: ['guardian'] });
  await client.ask('rollback', { wait: true, kept: 'drop' });
  await client.ask('rollback', { wait: true });
  expect(asked).toEqual([{ kept: 'drop', force: ['guardian'] }, { kept: 'drop' }, {}]);
  await expect(client.ask('rollback', { wait: true, kept: 'move' as 'drop' })).rejects.toMatchObject({
    message: expect.stringContaining("kept is not 'drop'") as string,
  });
});

test('a refused reload arrives with its code, its message and what lies beneath; without wait it was accepted', async () => {
  const cause = new LiveswapError('HOOK_FAILED', 'onLoad of guardian failed.', {
    cause: new Error('no sword'),
  });
  const refused = new LiveswapError('RELOAD_FAILED', 'The reload did not complete.', { cause });
  const client = await openClient(await openSocket({ reload: () => Promise.reject(refused) }));
  await expect(client.ask('reload', { wait: true })).rejects.toMatchObject({
    code: 'RELOAD_FAILED',
    message: refused.message,
    cause: { message: cause.message, cause: { message: 'no sword' } },
  });
  expect(await client.ask('reload', { wait: false })).toBe('accepted');
});

test('the names of plugins that a reload is forced to start again reach the swapper', async () => {
  const asked: unknown[] = [];
  const reload = async (request: unknown): Promise<unknown> => asked.push(request);
  const client = await openClient(await openSocket({ reload }));
  await client.ask('reload', { wait: true, force: true });
  await client.ask('reload', { wait: true, force: ['shop'] });
  await client.ask('reload', { wait: true });
  expect(asked).toEqual([{ force: true }, { force: ['shop'] }, {}]);
});

test('follows events until the swapper is closed, and lets go of a follower that leaves', async () => {
  const left = deferred();
  const socket = await openSocket({
    subscribe(listener) {
      listener({ type: 'reloaded' });
      listener({ type: 'output' });
      return left.resolve;
    },
  });
  const leaving = await openClient(socket);
  for await (const event of leaving.events()) {
    expect(event).toEqual({ type: 'reloaded' });
    break;
  }
  await leaving[Symbol.asyncDispose]();
  await left.promise;

  const staying = await openClient(socket);
  const seen: unknown[] = [];
  for await (const event of staying.events()) if (seen.push(event) === 2) void socket.close();
  expect(seen).toEqual([{ type: 'reloaded' }, { type: 'output' }, { type: 'closed' }]);
});

test.each([
  ['no JSON', 'hello'],
  ['no object', '[]'],
  ['another protocol', '{"protocol":2,"command":"status"}'],
  ['a command that is not there', '{"protocol":1,"command":"constructor"}'],
  ['an option that is not there', '{"protocol":1,"command":"reload","options":{"now":true}}'],
  ['a value that cannot be used', '{"protocol":1,"command":"reload","options":{"force":7}}'],
  ['a wait that is neither', '{"protocol":1,"command":"reload","options":{"wait":"yes"}}'],
  ['a part that is not there', '{"protocol":1,"command":"status","run":"rm"}'],
])('refuses %s with CONTROL_INVALID, and goes on', async (_, line) => {
  const socket = await openSocket();
  const replies = await linesOf(socket, [line, '{"protocol":1,"command":"status"}'], 2);
  expect(replies[0]).toMatchObject({ ok: false, error: { code: 'CONTROL_INVALID' } });
  expect(replies[1]).toEqual({ ok: true, result: { generation: 7 } });
});

testOnUnix('a client that asks nothing more still gets its answers', async () => {
  const answer = deferred<unknown>();
  const socket = await openSocket({ reload: () => answer.promise });
  const client = connect({ path: socket.path, allowHalfOpen: true });
  client.end('{"protocol":1,"command":"reload","options":{"wait":true}}\n{"protocol":1,"command":"status"}');
  const lines = createInterface(client)[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe('{"ok":true,"result":{"generation":7}}');
  answer.resolve({ guardian: 'ok' });
  expect((await lines.next()).value).toBe('{"ok":true,"result":{"guardian":"ok"}}');
  expect((await lines.next()).done).toBe(true);
});

testOnUnix.each(['HTTP/1.1 400 Bad Request', '{"hello":1}', 'null', '{"ok":false}'])(
  'a peer that answers %s is no swapper',
  async (line) => {
    const path = join(await tempFolder(), 'other.sock');
    const other = createServer((socket) => socket.on('data', () => socket.end(`${line}\n`))).listen(path);
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    await using client = await ControlClient.open(path);
    await expect(client.ask('status', {})).rejects.toMatchObject({ code: 'CONTROL_FAILED', path });
  },
);

testOnUnix('a stopped process fails the command, and finds no change to make when it goes on', async () => {
  const path = join(await tempFolder(), 'stopped.sock');
  const code = `require('node:net').createServer((socket) => socket.pipe(process.stdout)).listen(${JSON.stringify(path)}, () => console.log('open'))`;
  const host = spawn(process.execPath, ['-e', code]);
  onTestFinished(() => void host.kill('SIGKILL'));
  const said = createInterface(host.stdout)[Symbol.asyncIterator]();
  expect((await said.next()).value).toBe('open');
  host.kill('SIGSTOP');
  for (const ask of [
    (client: ControlClient) => client.ask('status', {}),
    (client: ControlClient) => client.ask('reload', { wait: true }),
    (client: ControlClient) => client.ask('rollback', { wait: false }),
  ]) {
    await using client = await ControlClient.open(path, 50);
    await expect(ask(client)).rejects.toMatchObject({
      code: 'CONTROL_FAILED',
      path,
      message: expect.stringContaining('has not answered within 50 ms') as string,
    });
  }
  host.kill('SIGCONT');
  const heard = [(await said.next()).value, (await said.next()).value, (await said.next()).value];
  expect(new Set(heard)).toEqual(new Set(['{"protocol":1,"command":"status","options":{}}']));
});

/** Starts a process that answers each status and no change, and prints what is asked of it. */
async function startWaiting(path: string) {
  const code = `
    const { createServer } = require('node:net');
    createServer((socket) => {
      socket.on('error', () => {});
      require('node:readline').createInterface(socket).on('line', (line) => {
        const { command } = JSON.parse(line);
        if (command === 'status') socket.write('{"ok":true,"result":{}}\\n');
        console.log(command);
      });
    }).listen(${JSON.stringify(path)}, () => console.log('open'));`;
  const host = spawn(process.execPath, ['-e', code]);
  onTestFinished(() => void host.kill('SIGKILL'));
  const said = createInterface(host.stdout)[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => (await said.next()).value;
  expect(await next()).toBe('open');
  return { host, next };
}

testOnUnix.each([
  ['is stopped', 'SIGSTOP', 'has not answered within 1000 ms'],
  ['dies', 'SIGKILL', 'its process has died'],
] as const)('who waits for a change is told when the process %s', async (_, signal, message) => {
  const path = join(await tempFolder(), 'waiting.sock');
  const { host, next } = await startWaiting(path);
  await using client = await ControlClient.open(path, 1_000);
  const change = client.ask('reload', { wait: true });
  change.catch(() => {});
  expect([await next(), await next()]).toEqual(['status', 'reload']);
  host.kill(signal);
  await expect(change).rejects.toMatchObject({
    code: 'CONTROL_FAILED',
    message: expect.stringContaining(message) as string,
  });
});

testOnUnix('who follows events is told when the process dies', async () => {
  const path = join(await tempFolder(), 'dying.sock');
  const peer = createServer((socket) => {
    const lines = [
      { ok: true, result: 'following' },
      { ok: true, result: { type: 'reloaded' } },
    ];
    // The kernel ends the connections of a process that is killed in the same way.
    socket.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }).listen(path);
  onTestFinished(() => void peer.close());
  await once(peer, 'listening');
  const seen: unknown[] = [];
  const following = async (): Promise<void> => {
    for await (const event of (await openClient({ path })).events()) seen.push(event);
  };
  await expect(following()).rejects.toMatchObject({ code: 'CONTROL_FAILED', path });
  expect(seen).toEqual([{ type: 'reloaded' }]);
});

test('a change may take longer than any answer, while the swapper answers others', async () => {
  const changed = deferred<unknown>();
  let asked = 0;
  const socket = await openSocket({
    status: () => {
      // The first is that of the client itself; the third shows that the answer to the second was enough.
      if (++asked === 3) changed.resolve({ guardian: 'ok' });
      return {};
    },
    reload: () => changed.promise,
  });
  await using client = await ControlClient.open(socket.path, 1_000);
  expect(await client.ask('reload', { wait: true })).toEqual({ guardian: 'ok' });
});

test('a text with the separators of lines stays in one line, in both directions', async () => {
  const text = 'gate\u2028keep\u2029\r\nmoat';
  const forced: unknown[] = [];
  const client = await openClient(
    await openSocket({
      status: () => text,
      reload: async ({ force }) => void forced.push(force),
    }),
  );
  expect(await client.ask('status', {})).toBe(text);
  await client.ask('reload', { wait: true, force: [text] });
  expect(forced).toEqual([[text]]);
});

test('no separator of lines is sent as it is, because some versions of Node end a line there', async () => {
  const wild = connect((await openSocket({ status: () => 'gate\u2028keep\u2029' })).path);
  onTestFinished(() => void wild.destroy());
  wild.write('{"protocol":1,"command":"status"}\n');
  const [line] = (await once(wild.setEncoding('utf8'), 'data')) as [string];
  expect(line).toBe('{"ok":true,"result":"gate\\u2028keep\\u2029"}\n');
});

test('lines that arrive in one chunk, or byte by byte, are answered and read in their order', async () => {
  const socket = await openSocket({ status: () => 'gäte' });
  const request = '{"protocol":1,"command":"status"}\n';
  const wild = connect(socket.path);
  onTestFinished(() => void wild.destroy());
  const heard = createInterface({ input: wild })[Symbol.asyncIterator]();
  wild.write(request.repeat(100));
  for (let count = 0; count < 100; count++) expect((await heard.next()).value).toContain('gäte');
  wild.setNoDelay(true);
  for (const byte of Buffer.from(request))
    await new Promise((resolve) => wild.write(Uint8Array.of(byte), resolve));
  expect((await heard.next()).value).toContain('gäte');
});

testOnUnix('a client reads answers and events however their bytes are cut', async () => {
  const lines = [
    { ok: true, result: 'following' },
    ...Array.from({ length: 200 }, (_, id) => ({ ok: true, result: `é${id}` })),
    { ok: true, result: { type: 'closed' } },
  ];
  const bytes = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const path = join(await tempFolder(), 'cut.sock');
  for (const size of [1, 7, bytes.length]) {
    const server = createServer((host) => {
      host.on('error', () => {});
      host.once('data', () => {
        void (async () => {
          for (let at = 0; at < bytes.length; at += size)
            await new Promise((resolve) => host.write(bytes.subarray(at, at + size), resolve));
          host.end();
        })();
      });
    });
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const client = await ControlClient.open(path);
    const heard: unknown[] = [];
    for await (const event of client.events()) heard.push(event);
    expect(heard).toEqual(lines.slice(1).map(({ result }) => result));
    await client[Symbol.asyncDispose]();
    await new Promise((resolve) => server.close(resolve));
  }
});

test('a reply may be larger than any backlog of events', async () => {
  const pending = Array.from({ length: 100_000 }, (_, id) => ({ id, name: 'live_answer', thread: 1 }));
  const client = await openClient(await openSocket({ status: () => ({ pending }) }));
  expect(await client.ask('status', {})).toEqual({ pending });
});

test('a client that asks on without reading is cut off, however large each reply is', async () => {
  const text = 'x'.repeat(5_000_000);
  const client = connect((await openSocket({ status: () => text })).path).pause();
  client.on('error', () => {});
  const closed = once(client, 'close');
  client.write('{"protocol":1,"command":"status"}\n'.repeat(20));
  await once(client, 'readable');
  let bytes = 0;
  client.on('data', (chunk: Buffer) => (bytes += chunk.length));
  await closed;
  expect(bytes).toBeLessThan(2 * text.length);
});

test('a follower that does not read is cut off', async () => {
  const left = deferred();
  let tell: (event: unknown) => void = () => {};
  const socket = await openSocket({
    subscribe(listener) {
      tell = listener;
      return left.resolve;
    },
  });
  const client = connect(socket.path).pause();
  onTestFinished(() => void client.destroy());
  client.write('{"protocol":1,"command":"events"}\n');
  await once(client, 'readable');
  for (let number = 1; number <= 100; number++) tell({ type: 'crashed', text: 'x'.repeat(100_000) });
  await left.promise;
});

test('the socket goes on answering others after any bytes of one client', async () => {
  const socket = await openSocket();
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
      const wild = connect(socket.path);
      wild.on('error', () => {});
      await new Promise((resolve) => wild.end(bytes, () => resolve(undefined)));
      wild.destroy();
      const client = await openClient(socket);
      expect(await client.ask('status', {})).toEqual({ generation: 7 });
    }),
    { numRuns: 50 },
  );
});

test('a line without an end is cut off', async () => {
  const socket = await openSocket();
  const wild = connect(socket.path);
  wild.on('error', () => {});
  const closed = new Promise((resolve) => wild.once('close', resolve));
  wild.write('x'.repeat(200_000));
  await closed;
});

testOnUnix('a look removes the files of a process that is gone', async () => {
  await mkdir(sockets, { mode: 0o700 });
  // No process has this number: the largest that any system gives is smaller.
  await writeFile(
    join(sockets, '999999999-1.json'),
    JSON.stringify({ ...facts, pid: 999_999_999, startedAt: '' }),
  );
  await leaveSocket(join(sockets, '999999999-1.sock'));
  expect(await listSwappers()).toEqual([]);
  expect(await readdir(sockets)).toEqual([]);
});

testOnUnix('a look removes the files of a gone process whose number another one has by now', async () => {
  const path = join(sockets, `${process.pid}-77`);
  await mkdir(sockets, { mode: 0o700 });
  await leaveSocket(`${path}.sock`);
  await writeFile(`${path}.json`, JSON.stringify({ ...facts, pid: process.pid, startedAt: '' }));
  const socket = await openSocket();
  expect(await listSwappers()).toMatchObject([{ socket: socket.path }]);
  expect(await readdir(sockets)).toHaveLength(2);
});

testOnUnix(
  'a swapper of another container, whose number is nobody here, is listed and left alone',
  async () => {
    await mkdir(sockets, { mode: 0o700 });
    const other = await ControlSocket.open(controlled(), facts, join(sockets, '999999999-1.sock'));
    onTestFinished(() => other.close());
    await writeFile(
      join(sockets, '999999999-1.json'),
      JSON.stringify({ ...facts, pid: 999_999_999, startedAt: '' }),
    );
    expect(await listSwappers()).toMatchObject([{ pid: 999_999_999, socket: other.path }]);
  },
);

testOnUnix('a folder that others may use is refused', async () => {
  await mkdir(sockets);
  await chmod(sockets, 0o777);
  const refused = { code: 'CONTROL_FAILED', folder: sockets };
  await expect(openSocket()).rejects.toMatchObject(refused);
  await expect(listSwappers()).rejects.toMatchObject(refused);
});

testOnUnix('a path of its own: a stale socket there is replaced, one that is in use is refused', async () => {
  const path = join(await tempFolder(), 'gate.sock');
  const first = await ControlSocket.open(controlled(), facts, path);
  onTestFinished(() => first.close());
  await expect(ControlSocket.open(controlled(), facts, path)).rejects.toMatchObject({
    code: 'CONTROL_FAILED',
    path,
  });
  await first.close();

  await leaveSocket(path);
  const second = await ControlSocket.open(controlled(), facts, path);
  onTestFinished(() => second.close());
  expect(await (await openClient(second)).ask('status', {})).toEqual({ generation: 7 });
});

testOnUnix(
  'a path of its own: of two that find a socket left there, neither removes that of the other',
  async () => {
    const path = join(await tempFolder(), 'gate.sock');
    await leaveSocket(path);
    const late = ControlSocket.open(controlled(), facts, path);
    // The late one has seen that nobody listens; meanwhile, another one is faster.
    rmSync(path);
    const other = createServer().listen(path);
    onTestFinished(() => void other.close());
    await expect(late).rejects.toMatchObject({ code: 'CONTROL_FAILED', path });
    await openClient({ path });
  },
);

testOnUnix(
  'a look leaves the socket of a process that is started again meanwhile, with the number of the killed one',
  async () => {
    const path = join(await tempFolder(), '1-1.sock');
    await leaveSocket(path);
    const removed = removeStale(path);
    // The process is started again meanwhile.
    rmSync(path);
    const restarted = createServer().listen(path);
    onTestFinished(() => void restarted.close());
    expect(await removed).toBe(false);
    await openClient({ path });
  },
);

testOnUnix('a path of its own: a file there that is not a socket is left alone', async () => {
  const path = join(await tempFolder(), 'gate.json');
  await writeFile(path, 'winter');
  await expect(ControlSocket.open(controlled(), facts, path)).rejects.toMatchObject({
    code: 'CONTROL_FAILED',
    path,
  });
  expect(await readFile(path, 'utf8')).toBe('winter');
});

/** Leaves a socket behind as a killed process does. */
async function leaveSocket(path: string): Promise<void> {
  const code = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  const killed = spawn(process.execPath, ['-e', code]);
  await new Promise((resolve) => killed.once('close', resolve));
}

/** Resolves to the replies to lines that are sent as they are. */
async function linesOf({ path }: ControlSocket, lines: readonly string[], count: number): Promise<unknown[]> {
  const socket = connect(path);
  onTestFinished(() => void socket.destroy());
  socket.write(`${lines.join('\n')}\n`);
  let text = '';
  for await (const chunk of socket.setEncoding('utf8')) {
    text += String(chunk);
    const whole = text.split('\n').slice(0, -1);
    if (whole.length >= count) return whole.map((line) => JSON.parse(line) as unknown);
  }
  throw new Error(`The socket was closed after ${JSON.stringify(text)}.`);
}

test('a swapper is found although its system removes files that nobody has used for days, and leaves none behind', async () => {
  const socket = await ControlSocket.open(controlled(), facts, undefined, 1);
  onTestFinished(() => socket.close());
  const [name = ''] = (await readdir(sockets)).filter((file) => file.endsWith('.json'));
  const file = join(sockets, name);
  await utimes(file, 0, 0);
  await expect.poll(async () => (await stat(file)).mtimeMs).toBeGreaterThan(0);
  await rm(file);
  await expect.poll(listSwappers).toEqual([expect.objectContaining(facts)]);
  await socket.close();
  expect(await readdir(sockets)).toEqual([]);
});

testOnUnix('a swapper whose folder of sockets is removed, as at a logout, is found again', async () => {
  const socket = await ControlSocket.open(controlled(), facts, undefined, 1);
  onTestFinished(() => socket.close());
  const client = await openClient(socket);
  // At once: what is removed one by one may come back meanwhile.
  await rename(sockets, `${sockets}-gone`);
  await expect.poll(listSwappers).toEqual([expect.objectContaining({ ...facts, socket: socket.path })]);
  expect((await stat(socket.path)).mode & 0o777).toBe(0o600);
  for (const one of [client, await openClient(socket)])
    expect(await one.ask('status', {})).toEqual({ generation: 7 });
  await socket.close();
  expect(await readdir(sockets)).toEqual([]);
});

testOnUnix('what is above the folder of sockets is left to the system to make', async () => {
  const runtime = join(await tempFolder(), '1000');
  vi.stubEnv('LIVESWAP_SOCKETS', join(runtime, 'liveswap'));
  const socket = await ControlSocket.open(controlled(), facts, undefined, 1);
  onTestFinished(() => socket.close());
  await rename(runtime, `${runtime}-gone`);
  // By the time another socket has come back, this one has looked as well.
  const path = join(await tempFolder(), 'gate.sock');
  const other = await ControlSocket.open(controlled(), facts, path, 1);
  onTestFinished(() => other.close());
  await rm(path);
  await expect.poll(() => stat(path).then((found) => found.isSocket())).toBe(true);
  await expect(stat(runtime)).rejects.toMatchObject({ code: 'ENOENT' });
  await mkdir(runtime);
  await expect.poll(listSwappers).toEqual([expect.objectContaining({ socket: socket.path })]);
});

testOnUnix('a socket at a path of its own that somebody removes is there again', async () => {
  const path = join(await tempFolder(), 'gate.sock');
  const socket = await ControlSocket.open(controlled(), facts, path, 1);
  onTestFinished(() => socket.close());
  await rm(path);
  await expect
    .poll(() => ControlClient.open(path).then((client) => client[Symbol.asyncDispose]()))
    .toBe(undefined);
  await socket.close();
  await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
});
