import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, afterAll, expect, onTestFinished, test } from 'vitest';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { build } from '../../lib/compiler/index.js';
import { LiveData, type Swapper, type SwapperOptions } from '../../lib/index.js';
import { toFetchHandler } from '../../lib/http/index.js';
import { filesOfPage } from '../helpers/files-of-page.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { runCommand } from '../helpers/run-command.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const pages = ['streams', 'jobs', 'surviving-state', 'host-api', 'moving-a-server'];
let project: string;

/** All plugins of the recipes are built at once, types and rules included. */
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'liveswap-recipes-'));
  for (const page of pages) await writeFiles(project, await filesOfPage(`docs/recipes/${page}.md`));
  await mkdir(join(project, 'node_modules'));
  for (const name of ['express', '@types'])
    await symlink(join(repository, 'node_modules', name), join(project, 'node_modules', name));
  await symlink(repository, join(project, 'node_modules/liveswap'));
  await build({ sources: [join(project, 'plugins')], outDir: join(project, 'dist/plugins') });
});
afterAll(() => rm(project, { recursive: true, force: true }));

/** Loads plugins of the recipes from a folder of their own. */
async function load(only: readonly string[], options: SwapperOptions = {}): Promise<Swapper> {
  const folder = await tempFolder();
  for (const name of only)
    await cp(join(project, `dist/plugins/${name}.plugin.mjs`), join(folder, `${name}.plugin.mjs`));
  const swapper = openSwapper(folder, options);
  await swapper.load();
  return swapper;
}

test('a stream of events ends when a newer version takes over, and goes on there', async () => {
  const swapper = await load(['clock']);
  const ask = toFetchHandler(swapper, { plugin: 'clock' });
  const first = await ask(new Request('http://localhost/'));
  const reader = (first.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes('tick 1')) text += (await reader.read()).value ?? '';
  const ticks = (await swapper.call('live_ticks', 5)) as AsyncIterable<number>;
  const iterator = ticks[Symbol.asyncIterator]();
  expect(await iterator.next()).toMatchObject({ value: 5 });
  const pulled = iterator.next();
  await swapper.reload(undefined, { force: true });
  while (!(await reader.read()).done);
  await pulled;
  expect(await iterator.next()).toMatchObject({ done: true });
  const again = await ask(new Request('http://localhost/', { headers: { 'last-event-id': '7' } }));
  const second = (again.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
  text = '';
  while (!text.includes('tick 8')) text += (await second.read()).value ?? '';
  await second.cancel();
});

test('a job is tried again until it is done, and a schedule runs by itself', async () => {
  const swapper = await load(['mailer', 'reports']);
  const { runJob } = (await import(pathToFileURL(join(project, 'run-job.mjs')).href)) as {
    runJob: (swapper: Swapper, job: unknown, options: object) => Promise<string>;
  };
  const { dataBag } = swapper.current.vault;
  const mail = LiveData.of('Live_Mail', { to: 'Ada', subject: 'Hail' });
  await dataBag.set('outages', 2);
  expect(await runJob(swapper, JSON.stringify(mail), { firstMs: 1 })).toBe('Hail to Ada');
  await dataBag.set('outages', 2);
  await expect(runJob(swapper, mail, { attempts: 2, firstMs: 1 })).rejects.toThrow('away');
  await expect.poll(() => dataBag.get('reports')).toBeGreaterThan(0);
});

test('state lives through a reload, in the data bag and as it is kept', async () => {
  const swapper = await load(['visitors', 'lobby']);
  expect(await swapper.call('live_visit')).toBe(1);
  expect(await swapper.call('live_enter', 'north', 'Ada')).toBe('Ada is guest 1');
  await swapper.reload(undefined, { force: true });
  expect(await swapper.call('live_visit')).toBe(2);
  expect(await swapper.call('live_enter', 'north', 'Bo')).toBe('Bo is guest 2');
});

test('plugins call the typed API of the host', async () => {
  const host = (await import(pathToFileURL(join(project, 'host.mjs')).href)) as {
    entries: string[];
    options: SwapperOptions;
  };
  const swapper = await load(['ledger'], host.options);
  expect(await swapper.call('live_order', 'sword', 2)).toBe(80);
  expect(host.entries).toEqual(['2 sword for 80']);
});

test('a plugin is mounted in the server that there was', async () => {
  const text = await readFile(join(project, 'server.mjs'), 'utf8');
  await writeFiles(project, {
    'server-here.mjs': text
      .replace("'dist/plugins'", JSON.stringify(join(project, 'dist/plugins')))
      .replace('control: true', "only: ['shop'], standby: false"),
  });
  const { server, swapper } = (await import(pathToFileURL(join(project, 'server-here.mjs')).href)) as {
    server: Server;
    swapper: Swapper;
  };
  onTestFinished(async () => {
    server.close();
    server.closeAllConnections();
    await swapper.destroy();
  });
  const { port } = server.address() as AddressInfo;
  const ask = async (path: string): Promise<string> =>
    (await fetch(`http://localhost:${port}${path}`)).text();
  expect(await ask('/old')).toBe('still here');
  expect(JSON.parse(await ask('/shop/orders/7'))).toEqual({ id: '7', state: 'sent' });
});

test.for(['start', 'reload'])(
  'the flags of liveswap %s that the page on deploying names are there',
  async (name) => {
    const page = await readFile(join(repository, 'docs/recipes/deploying.md'), 'utf8');
    const lines = page.replaceAll(/[[\],']+/g, ' ').split('\n');
    const used = lines.flatMap((line) => {
      const [, rest] = new RegExp(`(?:liveswap|args:)\\s+${name}\\b(.*)`).exec(line) ?? [];
      return rest?.match(/(?<=\s)--[a-z-]+/g) ?? [];
    });
    expect(used.length).toBeGreaterThan(1);
    const { stdout } = await runCommand(repository, name, '--help');
    expect(used.filter((flag) => !stdout.includes(flag))).toEqual([]);
  },
);
