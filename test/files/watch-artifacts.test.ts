import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, open as openFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import type { SwapEvent, Swapper, SwapperOptions } from '../../lib/index.js';
import { reloadOnSignal } from '../../lib/dev/index.js';
import { composePlugin, deploy } from '../helpers/compose-plugin.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { until } from '../helpers/until.js';

const herald = (text: string) => ({ name: 'herald', live: { live_call: `() => '${text}'` } });
const forge = { name: 'forge', live: { live_strike: `() => 'clang'` } };

/** Opens a swapper that runs a herald and watches its artifacts. */
async function open(options: SwapperOptions = {}) {
  const folder = await tempFolder();
  await deploy(folder, herald('hear'));
  const warnings: string[] = [];
  const silent = (): void => {};
  const warn = (_facts: object, message = ''): void => void warnings.push(message);
  const logger = { debug: silent, info: silent, warn, error: warn };
  const swapper = openSwapper(folder, { logger, ...options });
  await swapper.load();
  return { folder, swapper, warnings };
}

function next<Type extends SwapEvent['type']>(
  swapper: Swapper,
  type: Type,
): Promise<Extract<SwapEvent, { type: Type }>> {
  return new Promise((resolve) => {
    const stop = swapper.on(type, (event) => {
      stop();
      resolve(event);
    });
  });
}

/**
 * Resolves when a reload has given these details. One reload may not be enough: a file that is as old as the last look is read
 * again.
 */
async function reloadedTo(swapper: Swapper, details: Readonly<Record<string, string>>): Promise<void> {
  while (!isDeepStrictEqual({ ...(await next(swapper, 'reloaded')).details }, details));
}

test('an artifact that a deploy replaces, adds or removes is live', async () => {
  const { folder, swapper } = await open();
  await swapper.watch({ settleMs: 30 });
  let reloaded = reloadedTo(swapper, { herald: 'ok' });
  await deploy(folder, herald('hark'));
  await reloaded;
  await expect(swapper.call('live_call')).resolves.toBe('hark');
  reloaded = reloadedTo(swapper, { forge: 'ok', herald: 'unchanged' });
  await deploy(folder, forge);
  await reloaded;
  reloaded = reloadedTo(swapper, { herald: 'unchanged' });
  await rm(join(folder, 'forge.plugin.mjs'));
  await reloaded;
});

test('an artifact that is still being written is neither loaded nor complained of', async () => {
  const { folder, swapper, warnings } = await open();
  let isWhole = false;
  // After the file is complete, one more look may follow.
  const looks = new Set<string>();
  swapper.on('reloadStarted', () => looks.add(isWhole ? 'whole' : 'half'));
  swapper.on('reloadFailed', ({ error }) => looks.add(error.message));
  await swapper.watch({ settleMs: 30 });
  const bytes = composePlugin(herald('piece by piece'));
  const reloaded = next(swapper, 'reloaded');
  const file = await openFile(join(folder, 'herald.plugin.mjs'), 'w');
  for (let start = 0; start < bytes.length; start += 200) {
    isWhole = start + 200 >= bytes.length;
    await file.write(bytes.subarray(start, start + 200));
    // The pieces come as slowly as those of a copy over a network.
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  await file.close();
  await reloaded;
  await expect(swapper.call('live_call')).resolves.toBe('piece by piece');
  expect([...looks]).toEqual(['whole']);
  expect(warnings).toEqual([]);
});

test('an artifact that stays half-written is warned of, and loaded once it is whole', async () => {
  const { folder, swapper, warnings } = await open();
  await swapper.watch({ settleMs: 30, wholeMs: 50 });
  const bytes = composePlugin(herald('whole'));
  const file = join(folder, 'herald.plugin.mjs');
  await writeFile(file, bytes.subarray(0, 300));
  await until(() => warnings.length > 0);
  expect(warnings).toEqual([expect.stringContaining('herald.plugin.mjs')]);
  await expect(swapper.call('live_call')).resolves.toBe('hear');
  const reloaded = next(swapper, 'reloaded');
  await appendFile(file, bytes.subarray(300));
  await reloaded;
  await expect(swapper.call('live_call')).resolves.toBe('whole');
});

test('the files that a deploy writes in a burst are one release, and a rollback takes all of them back', async () => {
  const { folder, swapper } = await open();
  const generations: number[] = [];
  await swapper.watch({ settleMs: 1_000 });
  swapper.on('reloaded', ({ generation }) => generations.push(generation));
  const reloaded = reloadedTo(swapper, { banner: 'ok', forge: 'ok', herald: 'ok' });
  for (const plugin of [herald('hark'), forge, { ...forge, name: 'banner', live: {} }]) {
    await deploy(folder, plugin);
    await sleep(50);
  }
  await reloaded;
  expect(generations).toEqual([2]);
  await swapper.rollback();
  expect(swapper.current.plugins.map(({ name }) => name)).toEqual(['herald']);
  await expect(swapper.call('live_call')).resolves.toBe('hear');
});

test('another plugin folder is watched from the moment it is set, and the one before no more', async () => {
  const { folder, swapper } = await open();
  await swapper.watch({ settleMs: 30 });
  const reloads: object[] = [];
  swapper.on('reloaded', ({ details }) => reloads.push({ ...details }));
  const other = await tempFolder();
  swapper.pluginDir = other;
  const reloaded = reloadedTo(swapper, { herald: 'ok' });
  await deploy(folder, herald('unheard'));
  await deploy(other, herald('from elsewhere'));
  await reloaded;
  await expect(swapper.call('live_call')).resolves.toBe('from elsewhere');
  expect(reloads[0]).toEqual({ herald: 'ok' });
});

test('a relative plugin folder is resolved when it is set', async () => {
  const { folder, swapper } = await open();
  swapper.pluginDir = relative(process.cwd(), folder);
  expect(swapper.pluginDir).toBe(folder);
  expect(openSwapper('dist/plugins').pluginDir).toBe(resolve('dist/plugins'));
});

test('a version that does not come up is an event, the old one serves on, and watching goes on', async () => {
  const { folder, swapper } = await open();
  await swapper.watch({ settleMs: 30 });
  const failed = next(swapper, 'reloadFailed');
  await deploy(folder, { ...herald('never'), hooks: { onLoad: `() => { throw new Error('hoarse'); }` } });
  expect((await failed).error.message).toContain('hoarse');
  await expect(swapper.call('live_call')).resolves.toBe('hear');
  const reloaded = next(swapper, 'reloaded');
  await deploy(folder, herald('better'));
  await reloaded;
  await expect(swapper.call('live_call')).resolves.toBe('better');
});

test('a reload that met a write to the data bag is asked for again', async () => {
  let reads = 0;
  // The host writes after the hook's first read.
  const read = async (): Promise<void> => {
    if (++reads === 1) await bag.set('orders', ['first', 'second']);
  };
  const { folder, swapper } = await open({ extension: () => ({ read }) });
  const bag = swapper.current.vault.dataBag;
  await bag.set('orders', ['first']);
  await swapper.watch({ settleMs: 30 });
  const refused = next(swapper, 'reloadFailed');
  const reloaded = reloadedTo(swapper, { herald: 'ok' });
  const onLoad = `async () => {
    const bag = context.vault.dataBag;
    const orders = await bag.get('orders');
    await context.vault.extension.read();
    await bag.set('orders', [...orders, 'migrated']);
  }`;
  await deploy(folder, { ...herald('hark'), hooks: { onLoad } });
  expect((await refused).error.cause).toMatchObject({ code: 'BAG_CONFLICT', key: 'orders' });
  await reloaded;
  expect(await bag.get('orders')).toEqual(['first', 'second', 'migrated']);
});

test('a signal reloads; a reload that fails does not end the process', async () => {
  const { folder, swapper } = await open();
  const listeners = process.listenerCount('SIGHUP');
  const stop = reloadOnSignal(swapper, 'SIGHUP');
  const reloaded = next(swapper, 'reloaded');
  await deploy(folder, herald('signalled'));
  process.kill(process.pid, 'SIGHUP');
  await reloaded;
  await expect(swapper.call('live_call')).resolves.toBe('signalled');
  await writeFile(join(folder, 'herald.plugin.mjs'), 'scrap');
  const failed = next(swapper, 'reloadFailed');
  process.kill(process.pid, 'SIGHUP');
  expect((await failed).error).toMatchObject({ code: 'RELOAD_FAILED' });
  stop();
  expect(process.listenerCount('SIGHUP')).toBe(listeners);
  reloadOnSignal(swapper, 'SIGHUP');
  await swapper.close();
  expect(process.listenerCount('SIGHUP')).toBe(listeners);
});

test('a signal whose data cannot be made is a failed reload, also while another reload runs', async () => {
  const rejections: unknown[] = [];
  const note = (error: unknown): void => void rejections.push(error);
  const { folder, swapper } = await open();
  const data = [
    () => ({ scale: 'minor' }),
    () => Promise.reject(new Error('no strings')),
    () => {
      throw new Error('no reed');
    },
  ];
  reloadOnSignal(swapper, 'SIGHUP', { data: () => data.shift()?.() });
  const onLoad = `() => new Promise((done) => setTimeout(done, 300))`;
  await deploy(folder, { ...herald('slow'), hooks: { onLoad } });
  const failures: string[] = [];
  swapper.on('reloadFailed', ({ error }) => failures.push(error.message));
  process.on('unhandledRejection', note);
  onTestFinished(() => void process.off('unhandledRejection', note));
  const reloaded = next(swapper, 'reloaded');
  for (let signals = data.length; signals > 0; signals--) process.emit('SIGHUP');
  await reloaded;
  await expect.poll(() => failures).toHaveLength(2);
  expect(failures).toEqual([expect.stringContaining('no strings'), expect.stringContaining('no reed')]);
  expect(rejections).toEqual([]);
});

/** Runs a host on `folder` to its end. Resolves to its exit code and what it printed. */
async function runHost(folder: string, code: string) {
  const entry = (name: string) => new URL(`../../dist/lib/${name}`, import.meta.url).href;
  const script = join(folder, 'host.mjs');
  const imports = `import { Swapper } from ${JSON.stringify(entry('index.js'))};
     import { reloadOnSignal, watch } from ${JSON.stringify(entry('dev/index.js'))};`;
  await writeFile(script, `${imports}\n${code}`);
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: string[] = [];
  createInterface(child.stdout).on('line', (line) => lines.push(line));
  // At `exit`, the last output may still be on its way.
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { code: exitCode, lines };
}

test('a host that closes its swapper before it watches ends by itself', async () => {
  const folder = await tempFolder();
  const ended = await runHost(
    folder,
    `const closeDuringWatch = async (turns) => {
       const swapper = new Swapper(${JSON.stringify(folder)});
       const watching = swapper.watch().catch((error) => error.code);
       for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
       await swapper.close();
       return watching;
     };
     console.log(await closeDuringWatch(0));
     // The watcher is imported by now: the first of these sessions is about to watch, the second may watch already.
     await closeDuringWatch(1);
     await closeDuringWatch(5);`,
  );
  expect(ended).toEqual({ code: 0, lines: ['CLOSED'] });
});

test('a host that closes its watchers and its swapper ends by itself', async () => {
  const folder = await tempFolder();
  await deploy(folder, herald('hear'));
  const ended = await runHost(
    folder,
    `const swapper = new Swapper(${JSON.stringify(folder)}, { standby: false });
     await swapper.load();
     const artifacts = await swapper.watch();
     const sources = watch(swapper, { sources: [${JSON.stringify(join(folder, 'nowhere'))}], logger: { debug() {}, info() {}, warn() {}, error() {} } });
     await sources.ready;
     reloadOnSignal(swapper);
     await artifacts.close();
     await sources.close();
     await swapper.close();
     const kinds = process.getActiveResourcesInfo().filter((kind) => /FSEvent|StatWatcher|Signal/.test(kind));
     console.log(JSON.stringify(kinds));`,
  );
  expect(ended).toEqual({ code: 0, lines: ['[]'] });
});

test('a host that imports liveswap, and liveswap/watch, loads neither chokidar nor a builder', async () => {
  const folder = await tempFolder();
  const entries = ['index.js', 'dev/index.js'].map(
    (name) => new URL(`../../dist/lib/${name}`, import.meta.url).href,
  );
  const code = entries.map((entry) => `import ${JSON.stringify(entry)};`).join('');
  // The coverage report of the process names every module that was loaded.
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    env: { ...process.env, NODE_V8_COVERAGE: folder },
    stdio: 'inherit',
  });
  await once(child, 'exit');
  const [report] = await readdir(folder);
  const loaded = await readFile(join(folder, report!), 'utf8');
  expect(loaded).toContain('/swap/swapper.js');
  for (const heavy of ['chokidar', 'ts-morph', 'esbuild', 'commander'])
    expect(loaded).not.toContain(`/node_modules/${heavy}/`);
});
