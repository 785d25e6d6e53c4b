import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { beforeAll, afterAll, expect, test } from 'vitest';
import { build } from '../../lib/compiler/index.js';
import { LiveData, type Swapper, type SwapperOptions } from '../../lib/index.js';
import { toFetchHandler } from '../../lib/http/index.js';
import { filesOfPage } from '../helpers/files-of-page.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const pages = ['streams', 'jobs', 'surviving-state', 'host-api'];
let project: string;

/** Builds all plugins of the recipes at once, types and rules included, in a project such as `liveswap init` writes. */
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'liveswap-recipes-'));
  for (const page of pages) await writeFiles(project, await filesOfPage(`docs/recipes/${page}.md`));
  await writeFiles(project, { 'package.json': '{ "type": "module" }' });
  await cp(join(repository, 'templates/start/tsconfig.json'), join(project, 'tsconfig.json'));
  await mkdir(join(project, 'node_modules'));
  await symlink(join(repository, 'node_modules/@types'), join(project, 'node_modules/@types'), 'junction');
  await symlink(repository, join(project, 'node_modules/liveswap'), 'junction');
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
