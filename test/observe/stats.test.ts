import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import parse from 'parse-prometheus-text-format';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { SwapEvent, SwapMessage, Swapper, SwapperOptions, VersionStats } from '../../lib/index.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { deployIn, loadIn, modes } from '../helpers/modes.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { until } from '../helpers/until.js';

const armory = (text: string): PluginText => ({ name: 'armory', exports: { sword: `() => '${text}'` } });

/** Returns a guardian whose `live_wait` waits until the bag lets it go. */
const guardian = (text: string): PluginText => ({
  name: 'guardian',
  imports: ['armory'],
  live: {
    live_salute: `() => '${text}'`,
    live_fail: `() => { throw new Error('stumbled'); }`,
    live_exit: `() => { process.exit(1); }`,
    live_wait: `async () => { while (!(await context.vault.dataBag.get('go'))) await new Promise(setImmediate); }`,
    live_toil: `() => { const end = performance.now() + 1500; while (performance.now() < end); }`,
    live_count: `async function* () { yield 1; yield 2; }`,
  },
});

const pair = [armory('short'), guardian('hail')];

async function open(options: SwapperOptions = {}) {
  const folder = await tempFolder();
  await deploy(folder, ...pair);
  const swapper = openSwapper(folder, options);
  await swapper.load();
  return { folder, swapper };
}

const letGo = (swapper: Swapper) => swapper.current.vault.dataBag.set('go', true);
const pluginStats = (swapper: Swapper, name: string) =>
  swapper.stats().plugins.find(({ plugin }) => plugin === name)!;
/** Returns the versions of a plugin, the newest first. */
const versions = (swapper: Swapper, name: string): readonly VersionStats[] =>
  pluginStats(swapper, name).versions;

describe.each(modes)('in mode %s', (mode) => {
  test('calls, failures and their durations are counted, by plugin and by version', async () => {
    const swapper = await loadIn(mode, pair);
    for (let times = 0; times < 10; times++) await swapper.call('live_salute');
    await swapper.call('live_fail').catch(() => {});
    const { p50Ms, p99Ms, totalMs, ...counts } = pluginStats(swapper, 'guardian');
    expect(counts).toMatchObject({ calls: 11, failures: 1 });
    expect(p50Ms).toBeGreaterThan(0);
    expect(p99Ms).toBeGreaterThanOrEqual(p50Ms!);
    expect(totalMs).toBeGreaterThan(0);
    expect(versions(swapper, 'guardian')).toMatchObject([{ calls: 11, failures: 1, state: 'active' }]);
  });

  test('calls that are never sent are counted as failures: given up while they waited, refused at the end of the queue', async () => {
    const swapper = await loadIn(mode, pair, { concurrency: 1, maxQueued: 1 });
    swapper.call('live_wait').catch(() => {});
    const late = swapper.with({ timeoutMs: 20 }).call('live_salute');
    await expect(swapper.call('live_salute')).rejects.toMatchObject({ code: 'QUEUE_FULL' });
    expect(pluginStats(swapper, 'guardian')).toMatchObject({ calls: 1, failures: 1 });
    await expect(late).rejects.toMatchObject({ code: 'CALL_TIMEOUT' });
    expect(pluginStats(swapper, 'guardian')).toMatchObject({ calls: 2, failures: 2 });
  });

  test('a pending call has a name, an age and a thread; one that waits has none; an abandoned one says so', async () => {
    const swapper = await loadIn(mode, pair, { concurrency: 1 });
    const first = swapper.with({ timeoutMs: 20 }).call('live_wait');
    await expect(first).rejects.toMatchObject({ code: 'CALL_TIMEOUT' });
    const second = swapper.call('live_salute');
    const [version] = versions(swapper, 'guardian');
    expect(version).toMatchObject({
      queued: 1,
      pending: [
        { name: 'live_wait', thread: 0, abandoned: true },
        { name: 'live_salute', thread: undefined, abandoned: false },
      ],
    });
    expect(version!.pending[0]!.ageMs).toBeGreaterThanOrEqual(19);
    expect(version!.threads).toMatchObject([{ index: 0, state: 'serving', pending: 1 }]);
    await letGo(swapper);
    await second;
    await until(() => versions(swapper, 'guardian')[0]!.pending.length === 0);
  });

  test('a version says why it is still alive: generation, dependent, pin, call', async () => {
    const swapper = await loadIn(mode, pair);
    const session = swapper.pin();
    const job = swapper.call('live_wait');
    expect(versions(swapper, 'armory')[0]!.keptBy).toMatchObject([
      { kind: 'generation', id: 1 },
      { kind: 'pins', count: 1 },
      { kind: 'dependent', plugin: 'guardian' },
    ]);
    await session.release();
    expect(versions(swapper, 'guardian')[0]!.keptBy).toMatchObject([
      { kind: 'generation', id: 1 },
      { kind: 'call', name: 'live_wait' },
    ]);
    await letGo(swapper);
    await job;
  });

  test('the load of a thread and its heap are known, also while it is busy', async () => {
    const swapper = await loadIn(mode, pair);
    const thread = () => versions(swapper, 'guardian')[0]!.threads[0]!;
    expect(thread().heapUsedBytes).toBeGreaterThan(1_000_000);
    await swapper.call('live_toil');
    await expect.poll(() => thread().eventLoopUtilization).toBeGreaterThan(0.5);
    expect(thread().eventLoopUtilization).toBeLessThanOrEqual(1);
  });

  test('before the first load and after the end there is something to tell, too', async () => {
    const broken = { ...armory('short'), hooks: { onLoad: `() => { throw new Error('rust'); }` } };
    const swapper = await deployIn(mode, [broken]);
    expect(swapper.stats()).toMatchObject({ generation: undefined, reloads: 0, plugins: [] });
    expect(parse(swapper.metrics()).length).toBeGreaterThan(0);
    await swapper.load().catch(() => {});
    expect(swapper.stats()).toMatchObject({ generation: undefined, failedChanges: 1 });
    await swapper.close();
    expect(swapper.stats()).toMatchObject({ failedChanges: 1 });
  });

  test('events are told in the order in which things happen, on the channel and to listeners', async () => {
    const swapper = await deployIn(mode, [armory('short')]);
    const told = listen(swapper);
    const heard: string[] = [];
    const stop = swapper.on('reloaded', (event) => heard.push(titleOf(event)));
    await swapper.load();
    expect(told.splice(0)).toEqual([
      'reloadStarted load',
      'armory starting -> ready',
      'armory ready -> active',
      'reloaded load',
    ]);
    stop();
    await swapper.close();
    expect(told).toEqual(['armory active -> draining', 'armory draining -> retired', 'closed']);
    expect(heard).toEqual(['reloaded load']);
  });
});

test('a plugin counts on where a version begins again', async () => {
  const { folder, swapper } = await open();
  await swapper.call('live_salute');
  await deploy(folder, guardian('hello'));
  await swapper.reload();
  await swapper.call('live_salute');
  expect(pluginStats(swapper, 'guardian')).toMatchObject({ calls: 2, failures: 0 });
  expect(versions(swapper, 'guardian')[0]).toMatchObject({ calls: 1, failures: 0, state: 'active' });
});

test('an old version says why it is still alive: pin, call, dependent', async () => {
  const { folder, swapper } = await open();
  const session = swapper.pin();
  const job = swapper.call('live_wait');
  await deploy(folder, armory('long'));
  await swapper.reload();
  const old = (plugin: string): VersionStats | undefined => versions(swapper, plugin)[1];
  // The threads of the old versions may still be busy with their end.
  await expect
    .poll(() => old('guardian')?.keptBy)
    .toMatchObject([
      { kind: 'pins', count: 1 },
      { kind: 'call', name: 'live_wait' },
    ]);
  await expect
    .poll(() => old('armory')?.keptBy)
    .toEqual([
      { kind: 'pins', count: 1 },
      { kind: 'dependent', plugin: 'guardian', version: old('guardian')?.version },
    ]);
  await session.release();
  await expect
    .poll(() => old('guardian'))
    .toMatchObject({
      state: 'draining',
      keptBy: [{ kind: 'call', name: 'live_wait' }],
    });
  await letGo(swapper);
  await job;
  await until(() => versions(swapper, 'armory').length === 1 && versions(swapper, 'guardian').length === 1);
});

test('an iterator that is open keeps its version alive, and is named', async () => {
  const { folder, swapper } = await open();
  const steps = (await swapper.call('live_count')) as AsyncIterableIterator<number>;
  await steps.next();
  await deploy(folder, guardian('hello'));
  await swapper.reload();
  await expect
    .poll(() => versions(swapper, 'guardian')[1])
    .toMatchObject({ threads: [{ held: 1 }], keptBy: [{ kind: 'open', thread: 0, count: 1 }] });
  await steps.return?.();
  await until(() => versions(swapper, 'guardian').length === 1);
});

test('a parser of Prometheus reads the metrics, and no series occurs twice', async () => {
  const { folder, swapper } = await open({ threads: 2 });
  const job = swapper.call('live_wait');
  await swapper.call('live_salute');
  // The guardian's bytes are the same before and after: two versions with one hash.
  await deploy(folder, armory('long'));
  await swapper.reload();
  const text = swapper.metrics();
  const families = new Map(parse(text).map((family) => [family.name, family]));
  expect(families.get('liveswap_generation')).toMatchObject({ type: 'GAUGE', metrics: [{ value: '2' }] });
  expect(families.get('liveswap_reloads_total')).toMatchObject({
    type: 'COUNTER',
    metrics: [{ value: '1' }],
  });
  expect(families.get('liveswap_call_duration_seconds')).toMatchObject({ type: 'SUMMARY' });
  const guardianVersion = versions(swapper, 'guardian')[0]!.version;
  expect(families.get('liveswap_threads')!.metrics).toContainEqual({
    value: '4',
    labels: { plugin: 'guardian', version: guardianVersion },
  });
  expect(families.get('liveswap_pending_calls')!.metrics).toContainEqual({
    value: '1',
    labels: { plugin: 'guardian', version: guardianVersion },
  });
  expect(families.get('liveswap_thread_heap_used_bytes')!.metrics.length).toBeGreaterThanOrEqual(4);
  const series = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const names = series.map((line) => line.slice(0, line.lastIndexOf(' ')));
  expect(new Set(names).size).toBe(names.length);
  await letGo(swapper);
  await job;
});

test('a thread that has died is none of the metrics, and dead in the statistics until it is replaced', async () => {
  const { swapper } = await open();
  await swapper.call('live_exit').catch(() => {});
  expect(versions(swapper, 'guardian')[0]!.threads).toMatchObject([{ index: 0, state: 'dead' }]);
  const { version } = versions(swapper, 'guardian')[0]!;
  const families = new Map(parse(swapper.metrics()).map((family) => [family.name, family.metrics]));
  const labels = { plugin: 'guardian', version };
  expect(families.get('liveswap_threads')).toContainEqual({ value: '0', labels });
  const measured = families.get('liveswap_thread_heap_used_bytes')!;
  expect(measured.map((one) => one.labels?.['plugin'])).toEqual(['armory']);
});

/** Returns a list that grows with each event that a swapper publishes from now on. */
function listen(swapper: Swapper): string[] {
  const told: string[] = [];
  const onMessage = (message: unknown): void => {
    const { swapper: from, event } = message as SwapMessage;
    if (from === swapper) told.push(titleOf(event));
  };
  subscribe('liveswap', onMessage);
  onTestFinished(() => void unsubscribe('liveswap', onMessage));
  return told;
}

function titleOf(event: SwapEvent): string {
  if (event.type === 'version') return `${event.plugin} ${event.previous} -> ${event.state}`;
  return 'reason' in event ? `${event.type} ${event.reason}` : event.type;
}

test('a reload tells what it starts before what it retires, and what becomes of one that fails', async () => {
  const folder = await tempFolder();
  await deploy(folder, armory('short'));
  const swapper = openSwapper(folder);
  await swapper.load();
  const told = listen(swapper);
  await deploy(folder, armory('long'));
  await swapper.reload();
  await until(() => told.includes('armory draining -> retired'));
  expect(told.splice(0)).toEqual([
    'reloadStarted reload',
    'armory starting -> ready',
    'armory ready -> active',
    'armory active -> draining',
    'reloaded reload',
    'armory draining -> retired',
  ]);
  await deploy(folder, { ...armory('broken'), module: `throw new Error('rust');` });
  await swapper.reload().catch(() => {});
  expect(told).toEqual([
    'reloadStarted reload',
    'armory starting -> failed',
    'armory failed -> retired',
    'reloadFailed reload',
  ]);
});
