import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { pathToFileURL } from 'node:url';
import { join, resolve } from 'node:path';
import { Agent } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { RemoteAppBuilds } from '../../lib/compiler/remote/remote-app-builds.js';
import { appProject } from '../helpers/app-project.js';
import { childrenWith } from '../helpers/processes.js';
import { textOf } from '../helpers/text-of.js';

const server = (edition: number): string => `
  const view = require('path').join(__dirname, 'view.txt');
  require('http').createServer((request, response) => response.end('${edition}')).listen(0, '127.0.0.1');`;

test('when the process that builds dies, what runs serves on, and the next reload is built by another one', async () => {
  const { write, serve } = await appProject({ 'server.js': server(1), 'view.txt': '' });
  const app = await serve('server.js');
  const builders = await childrenWith('build-process.js');
  expect(builders).toHaveLength(1);
  await write({ 'server.js': server(2) });
  const refused = app.reload().catch((error: unknown) => error);
  for (const pid of builders) process.kill(pid, 'SIGKILL');
  // The build may have been faster.
  await refused;
  expect(await textOf(app.urls[0] ?? '', new Agent())).toMatch(/[12]/);
  await expect.poll(() => childrenWith('build-process.js')).toEqual([]);
  await write({ 'server.js': server(3) });
  expect(await app.reload()).toEqual({ gate: 'ok' });
  expect(await textOf(app.urls[0] ?? '', new Agent())).toBe('3');
});

test('a build that is given up is not waited for, because its process may be stuck', async () => {
  const { folder } = await appProject({ 'server.js': server(1), 'view.txt': '' });
  const builds = new RemoteAppBuilds();
  const options = { entry: join(folder, 'server.js'), folder, outDir: join(folder, 'out') };
  await builds.build(options);
  for (const pid of await childrenWith('build-process.js')) process.kill(pid, 'SIGSTOP');
  const starting = new AbortController();
  const built = builds.build(options, starting.signal);
  starting.abort();
  await expect(built).rejects.toMatchObject({ code: 'WATCH_FAILED' });
  await expect(builds.build(options, starting.signal)).rejects.toBe(starting.signal.reason);
});

test('a host whose process that builds dies, or is ended, hears of it before it runs dry', async () => {
  const { folder } = await appProject({ 'server.js': server(1), 'view.txt': '' });
  const library = pathToFileURL(resolve(import.meta.dirname, '../../dist/lib/compiler/remote/')).href;
  const script = `
    import { RemoteAppBuilds } from ${JSON.stringify(`${library}/remote-app-builds.js`)};
    const starting = new AbortController();
    const options = { entry: 'server.js', folder: '.', outDir: 'out' };
    const built = new RemoteAppBuilds().build(options, starting.signal);
    starting.abort();
    await built.catch(({ code }) => console.log(code));`;
  const args = ['--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder });
  expect(stdout).toBe('WATCH_FAILED\n');
});

test('when the Node that runs the host was removed, as by an upgrade, a reload says so, and what runs serves on', async () => {
  const { write, serve } = await appProject({ 'server.js': server(1), 'view.txt': '' });
  const app = await serve('server.js');
  for (const pid of await childrenWith('build-process.js')) process.kill(pid, 'SIGKILL');
  await expect.poll(() => childrenWith('build-process.js')).toEqual([]);
  await write({ 'server.js': server(2) });
  const { execPath } = process;
  process.execPath = resolve('gone/bin/node');
  onTestFinished(() => {
    process.execPath = execPath;
  });
  // The host may not have heard yet that the process that builds has died.
  const failure = () => app.reload().then(String, String);
  await expect.poll(failure).toMatch(/gone.bin.node, which runs this process, is no longer there; restart/);
  process.execPath = execPath;
  expect(await textOf(app.urls[0] ?? '', new Agent())).toBe('1');
  expect(await app.reload()).toEqual({ gate: 'ok' });
});

test('the process of a host that serves an app never loads a compiler, and ends as soon as the app is closed', async () => {
  const { folder } = await appProject({ 'server.js': server(1), 'view.txt': '' });
  const library = pathToFileURL(resolve(import.meta.dirname, '../../dist/lib/app/index.js')).href;
  const script = `
    import { Module } from 'node:module';
    import { serveApp } from ${JSON.stringify(library)};
    const app = await serveApp(${JSON.stringify(join(folder, 'server.js'))}, { lingerMs: 0 });
    await app.reload();
    await app.close();
    console.log(JSON.stringify(Object.keys(Module._cache).filter((path) => /ts-morph|typescript|esbuild/.test(path))));`;
  const running = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
  const ended = once(running.child, 'exit');
  const { stdout } = await running;
  expect(stdout).toBe('[]\n');
  expect(await ended).toEqual([0, null]);
});

test('an inspector of the host, from NODE_OPTIONS, is not opened in the process that builds', async () => {
  const { folder } = await appProject({ 'server.js': server(1), 'view.txt': '' });
  const library = pathToFileURL(resolve(import.meta.dirname, '../../dist/lib/app/index.js')).href;
  const script = `
    import { serveApp } from ${JSON.stringify(library)};
    const app = await serveApp(${JSON.stringify(join(folder, 'server.js'))}, { lingerMs: 0 });
    await app.close();`;
  const { stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    env: { ...process.env, NODE_OPTIONS: '--no-warnings --inspect=127.0.0.1:0 --trace-uncaught' },
  });
  expect(stderr.match(/Debugger listening/g)).toHaveLength(1);
});
