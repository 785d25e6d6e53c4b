import { symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { filesOfPage } from '../helpers/files-of-page.js';
import { freePort } from '../helpers/free-port.js';
import { runCommand } from '../helpers/run-command.js';
import { runProgram, type RunningProgram } from '../helpers/run-program.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

const packages = resolve(import.meta.dirname, '../../node_modules');

interface MovedServer {
  readonly name: string;
  readonly page: string;
  /** Path of an answer in JSON, and its path once a part of the server is mounted. */
  readonly path: string;
  readonly below: string;
  readonly answer: object;
}

const servers: readonly MovedServer[] = [
  {
    name: 'shop',
    page: 'The shop is open.',
    path: '/orders/7',
    below: '/shop/orders/7',
    answer: { id: '7', state: 'sent' },
  },
  {
    name: 'stock',
    page: 'The store is open.',
    path: '/stock/sword',
    below: '/stock/sword',
    answer: { item: 'sword', left: 3 },
  },
];

describe.each(servers)('$name', ({ name, page, path, below, answer }) => {
  let project: string;
  let port: number;

  beforeEach(async () => {
    const root = await tempFolder();
    vi.stubEnv('LIVESWAP_SOCKETS', join(root, 'sockets'));
    await writeFiles(root, await filesOfPage('docs/recipes/moving-a-server.md'));
    project = join(root, name);
    await writeFiles(project, { 'package.json': '{ "type": "module" }' });
    await symlink(packages, join(project, 'node_modules'), 'junction');
    port = await freePort();
  });

  const liveswap = (...args: readonly string[]): Promise<RunningProgram> =>
    runProgram(project, ['node_modules/.bin/liveswap', ...args], { PORT: String(port) });

  const ask = async (from: string): Promise<string> =>
    (await fetch(`http://localhost:${port}${from}`)).text();

  const answers = async (): Promise<void> => {
    await expect.poll(() => ask('/')).toBe(page);
    expect(JSON.parse(await ask(path))).toEqual(answer);
  };

  /** Saves another page while a server runs, and waits until it is served. */
  const goesLive = async (server: RunningProgram, file: string, deploy = async (): Promise<void> => {}) => {
    await server.edit(file, page, 'Closed.');
    await deploy();
    await expect.poll(() => ask('/')).toBe('Closed.');
    expect(await server.stop('SIGTERM')).toBe(0);
  };

  test('1. as it is, by dev: a save is live', async () => {
    const server = await liveswap('dev', 'src/server.ts');
    await answers();
    await goesLive(server, 'src/server.ts');
  });

  test('1. as it is, by start: a deploy is live', async () => {
    expect(await runCommand(project, 'check', '--app', 'src/server.ts')).toMatchObject({ code: 0 });
    const server = await liveswap('start', 'src/server.ts');
    await answers();
    await goesLive(server, 'src/server.ts', async () =>
      expect(await runCommand(project, 'reload', '--wait')).toMatchObject({ code: 0 }),
    );
  });

  test('2. as a plugin, which keeps the rules', async () => {
    expect(await runCommand(project, 'check', 'plugins')).toMatchObject({ code: 0 });
    const server = await liveswap('dev', 'plugins', '--port', String(port));
    await answers();
    await goesLive(server, `plugins/${name}/index.ts`);
  });

  test('3. mounted in the server that there was', async () => {
    expect(await runCommand(project, 'build', 'plugins', 'dist/plugins')).toMatchObject({ code: 0 });
    await runProgram(project, [process.execPath, 'server.mjs'], { PORT: String(port) });
    await expect.poll(() => ask('/old')).toBe('still here');
    expect(JSON.parse(await ask(below))).toEqual(answer);
  });
});
