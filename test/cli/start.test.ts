import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test, vi } from 'vitest';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { freePort } from '../helpers/free-port.js';
import { tempFolder } from '../helpers/temp-folder.js';

const hall = (name: string): PluginText => ({
  name: 'hall',
  http: `{ fetch: (request) => {
    if (!request.url.endsWith('/events')) return new Response('${name}');
    return new Response(new ReadableStream({
      start(events) {
        events.enqueue(new TextEncoder().encode('begun '));
        context.signal.addEventListener('abort', () => { events.enqueue(new TextEncoder().encode('ended')); events.close(); });
      },
    }));
  } }`,
});

const textOf = async (url: string): Promise<string> => (await fetch(url)).text();

const bin = resolve(import.meta.dirname, '../../lib/cli/bin.js');

/** Starts the command in a process of its own. */
function start(...args: string[]) {
  const child = spawn(process.execPath, [bin, 'start', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: string[] = [];
  let errors = '';
  child.stderr.on('data', (chunk) => (errors += String(chunk)));
  const reader = createInterface(child.stdout);
  reader.on('line', (line) => lines.push(line));
  // At `exit`, the last output may still be on its way.
  const exited = once(child, 'close').then(([code]) => code as number);
  /** Resolves to the first line with this text. */
  const printed = async (text: RegExp): Promise<string> => {
    await expect.poll(() => lines.find((line) => text.test(line)) ?? errors).toMatch(text);
    return lines.find((line) => text.test(line)) ?? '';
  };
  return {
    child,
    exited,
    errors: () => errors,
    printed,
    /** Resolves to the address in that line. */
    address: async (text: RegExp): Promise<string> => /http:\S+/.exec(await printed(text))?.[0] ?? '',
  };
}

test('a first load that fails is told once, of plugins and of a server as it is, also where the log goes elsewhere', async () => {
  const folder = await tempFolder();
  const config = join(folder, 'server.config.js');
  await writeFile(
    config,
    `const quiet = () => {};
    export default { swapper: { control: false, logger: { debug: quiet, info: quiet, warn: quiet, error: quiet } } };`,
  );
  const server = join(await tempFolder(), 'server.js');
  await writeFile(server, `throw new Error('There is no gate.');`);
  for (const args of [[folder], [folder, '--config', config], [server]]) {
    const run = start(...args);
    expect(await run.exited).toBe(1);
    expect(run.errors().match(/There is no (artifact|gate)/g)).toHaveLength(1);
  }
});

test('start serves, reloads by SIGHUP, tells its health, and ends by SIGTERM', async () => {
  const folder = await tempFolder();
  await deploy(folder, hall('one'));
  const config = join(folder, 'server.config.js');
  await writeFile(
    config,
    `export default { swapper: { control: false, standby: false }, http: { maxBodyBytes: 10 } };`,
  );
  const run = start(
    folder,
    '--port',
    '0',
    '--hostname',
    '127.0.0.1',
    '--admin-port',
    '0',
    '--config',
    config,
  );
  const url = await run.address(/serving/);
  const health = await run.address(/health/);
  const ask = async (path: string): Promise<[number, string]> => {
    const answer = await fetch(new URL(path, health));
    return [answer.status, (await answer.text()).trim()];
  };
  expect(await textOf(url)).toBe('one');
  expect((await fetch(url, { method: 'POST', body: 'x'.repeat(11) })).status).toBe(413);
  expect([await ask('/-/live'), await ask('/-/health')]).toEqual([
    [200, 'ok'],
    [200, 'ok'],
  ]);
  expect((await ask('/-/metrics'))[1]).toContain('liveswap_generation 1');
  expect((await fetch(new URL('/-/live', url))).status).toBe(200);
  expect(await (await fetch(new URL('/-/live', url))).text()).toBe('one');
  await deploy(folder, hall('two'));
  run.child.kill('SIGHUP');
  await expect.poll(() => textOf(url)).toBe('two');
  const events = await fetch(new URL('/events', url));
  run.child.kill('SIGTERM');
  expect(await events.text()).toBe('begun ended');
  expect(await run.exited).toBe(0);
});

test.each([
  ['--require', 'motto.cjs'],
  ['--import', 'motto.mjs'],
])('what the configuration preloads by %s is there in each thread', async (flag, file) => {
  const folder = await tempFolder();
  await deploy(folder, { name: 'hall', http: '{ fetch: () => new Response(String(globalThis.motto)) }' });
  const preload = join(folder, file);
  await writeFile(preload, `globalThis.motto = (globalThis.motto ?? '') + 'stand fast';`);
  const config = join(folder, 'server.config.js');
  await writeFile(
    config,
    `export default { swapper: { control: false, execArgv: ${JSON.stringify([flag, preload])} } };`,
  );
  const run = start(folder, '--port', '0', '--hostname', '127.0.0.1', '--config', config);
  const url = await run.address(/serving/);
  expect(await textOf(url)).toBe('stand fast');
  await deploy(folder, {
    name: 'hall',
    http: '{ fetch: () => new Response("again, " + globalThis.motto) }',
  });
  run.child.kill('SIGHUP');
  await expect.poll(() => textOf(url)).toBe('again, stand fast');
  run.child.kill('SIGTERM');
  expect(await run.exited).toBe(0);
});

test('start names what it cannot serve, and exits with 2', async () => {
  const folder = await tempFolder();
  await deploy(folder, { name: 'armory' });
  const none = start(folder, '--port', '0');
  expect(await none.exited).toBe(2);
  expect(none.errors()).toContain('no plugin has http');
  const unreadable = start(folder, '--config', join(folder, 'missing.js'));
  expect(await unreadable.exited).toBe(2);
  expect(unreadable.errors()).toContain('Cannot read the config');
  expect(await start(folder, '--port', 'many').exited).toBe(2);
});

test('a request at the admin port for what is no address is answered, and the server serves on', async () => {
  const folder = await tempFolder();
  await deploy(folder, hall('one'));
  const run = start(folder, '--port', '0', '--hostname', '127.0.0.1', '--admin-port', '0');
  const url = await run.address(/serving/);
  const { port } = new URL(await run.address(/health/));
  for (const target of ['//', 'http://[/', '/..//?#']) {
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    const [head] = (await once(socket, 'data')) as [Buffer];
    expect(String(head)).toMatch(/^HTTP\/1\.1 404/);
  }
  expect(await textOf(url)).toBe('one');
});

test('SIGHUP ends no request, neither while it serves nor while it stops', async () => {
  const folder = await tempFolder();
  const [begun, released] = [join(folder, 'begun'), join(folder, 'released')];
  const http = `{ fetch: async () => {
    const { existsSync, writeFileSync } = await import('node:fs');
    writeFileSync(${JSON.stringify(begun)}, '');
    while (!existsSync(${JSON.stringify(released)})) await new Promise((wake) => setTimeout(wake, 10));
    return new Response('done');
  } }`;
  await deploy(folder, { name: 'hall', http });
  const run = start(folder, '--port', '0', '--hostname', '127.0.0.1');
  const answer = textOf(await run.address(/serving/));
  await expect.poll(() => existsSync(begun)).toBe(true);
  run.child.kill('SIGTERM');
  await run.printed(/stopping/);
  run.child.kill('SIGHUP');
  await writeFile(released, '');
  expect(await answer).toBe('done');
  expect(await run.exited).toBe(0);
});

test('one that is told to end while its plugins load ends at once, whatever they wait for', async () => {
  const folder = await tempFolder();
  const hooks = { onLoad: `() => { console.log('loading'); return new Promise(() => {}); }` };
  await deploy(folder, { name: 'hall', hooks });
  const run = start(folder, '--port', '0');
  await run.printed(/loading/);
  run.child.kill('SIGTERM');
  expect(await run.exited).toBe(0);
});

test('one whose admin port is taken leaves no control socket behind', async () => {
  const folder = await tempFolder();
  await deploy(folder, hall('one'));
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const sockets = join(folder, 'sockets');
  vi.stubEnv('LIVESWAP_SOCKETS', sockets);
  const run = start(folder, '--port', '0', '--admin-port', String(port));
  expect(await run.exited).toBe(1);
  expect(run.errors()).toMatch(
    /Cannot listen on \S+:\d+: listen EADDRINUSE: .*; end the process that listens there, or choose another port/,
  );
  expect(await readdir(sockets)).toEqual([]);
});

test('it serves on when nobody reads its output any more', async () => {
  const folder = await tempFolder();
  await deploy(folder, hall('one'));
  const run = start(folder, '--port', '0', '--hostname', '127.0.0.1');
  const url = await run.address(/serving/);
  run.child.stdout.destroy();
  await deploy(folder, { ...hall('two'), module: `console.log('two is here');` });
  run.child.kill('SIGHUP');
  await expect.poll(() => textOf(url)).toBe('two');
  run.child.kill('SIGTERM');
  expect(await run.exited).toBe(0);
});

// Other platforms have no file that is always full.
test.skipIf(process.platform !== 'linux')(
  'a full disk does not end a server that writes its output there',
  async () => {
    const folder = await tempFolder();
    await deploy(folder, hall('one'));
    const port = await freePort();
    const full = openSync('/dev/full', 'w');
    onTestFinished(() => closeSync(full));
    const args = [bin, 'start', folder, '--port', String(port)];
    const server = spawn(process.execPath, args, { stdio: ['ignore', full, full] });
    onTestFinished(() => void server.kill('SIGKILL'));
    const ended = once(server, 'exit');
    await expect.poll(() => textOf(`http://localhost:${port}`).catch(() => '')).toBe('one');
    server.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  },
);

test('it serves on while nobody reads its output', async () => {
  const folder = await tempFolder();
  const port = await freePort();
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(
    join(folder, 'server.js'),
    `import { createServer } from 'node:http';
     createServer((request, response) => {
       console.log('x'.repeat(100_000));
       response.end('hail');
     }).listen(${port}, '127.0.0.1');`,
  );
  const child = spawn(process.execPath, [bin, 'start', 'server.js'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const url = `http://127.0.0.1:${port}/`;
  await vi.waitUntil(() => textOf(url).catch(() => undefined), { timeout: 30_000 });
  // Far more than the system keeps between two processes.
  for (let requests = 0; requests < 20; requests += 1) expect(await textOf(url)).toBe('hail');
});

test.skipIf(process.platform !== 'linux')('a command whose output cannot be written says so', () => {
  const full = openSync('/dev/full', 'w');
  onTestFinished(() => closeSync(full));
  const { status, stderr } = spawnSync(process.execPath, [bin, '--version'], {
    stdio: ['ignore', full, 'pipe'],
    encoding: 'utf8',
  });
  expect(stderr).toMatch(/^liveswap: The output could not be written: ENOSPC.*\n$/);
  expect(status).toBe(1);
});
