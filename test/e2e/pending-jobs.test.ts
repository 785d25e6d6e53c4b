import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { LiveData, type KeptBy, type Swapper, type SwapperOptions } from '../../lib/index.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { loadIn, modes } from '../helpers/modes.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

/** Returns a smith whose jobs wait for the host: each asks the bag until it may go on. */
const forge = (release: string): PluginText => ({
  name: 'forge',
  live: {
    live_release: `() => '${release}'`,
    live_job: `async (name) => { await gate(name); return '${release}'; }`,
    live_background: `(name) => { context.waitUntil(gate(name)); return '${release}'; }`,
    live_patrol: `() => {
      context.waitUntil(new Promise((resolve) => context.signal.addEventListener('abort', resolve)));
      return '${release}';
    }`,
    live_steps: `async function* () { yield '${release}'; yield '${release}'; }`,
    live_stream: `() => new ReadableStream({ pull(controller) { controller.enqueue('${release}'); } })`,
  },
  types: {
    Live_Ore: `class Live_Ore { weight = 1; handle() { return this.weight + ' by ${release}'; } }`,
    [`Live_Coal_${release}`]: 'class Coal { weight = 1; handle() {} }',
  },
  module: `const gate = async (name) => {
    const { dataBag } = context.vault;
    await dataBag.set(name + ' began', true);
    while (!(await dataBag.get(name + ' go'))) await new Promise(setImmediate);
  };`,
});

async function start(
  options: SwapperOptions = {},
): Promise<{ swapper: Swapper; next: (release: string) => Promise<void> }> {
  const folder = await tempFolder();
  await deploy(folder, forge('first'));
  const swapper = openSwapper(folder, options);
  await swapper.load();
  const next = async (release: string): Promise<void> => {
    await deploy(folder, forge(release));
    await swapper.reload();
  };
  return { swapper, next };
}

const begun = (swapper: Swapper, name: string) =>
  expect.poll(() => swapper.current.vault.dataBag.get(`${name} began`)).toBe(true);
const letGo = (swapper: Swapper, name: string) => swapper.current.vault.dataBag.set(`${name} go`, true);
const states = (swapper: Swapper) =>
  swapper
    .stats()
    .plugins.flatMap((plugin) => plugin.versions.map((version) => version.state))
    .sort();

/** Returns the work that is pending on a version of the forge. */
const pendingOn = (swapper: Swapper, state: string): readonly KeptBy[] | undefined =>
  swapper
    .stats()
    .plugins[0]?.versions.find((version) => version.state === state)
    ?.keptBy.filter(({ kind }) => kind === 'call' || kind === 'open');

describe.each(modes)('in mode %s, closing', (mode) => {
  /** Closes the swapper, and checks that it waits for `reason` until `end` has ended that. */
  async function expectToWait(swapper: Swapper, reason: object, end: () => Promise<unknown>): Promise<void> {
    const ends: string[] = [];
    const closed = swapper.close().then(() => ends.push('closed'));
    await expect.poll(() => pendingOn(swapper, 'active')).toMatchObject([reason]);
    await end();
    ends.push('ended');
    await closed;
    expect(ends).toEqual(['ended', 'closed']);
    expect(states(swapper)).toEqual([]);
  }

  it('waits for the job that was begun', async () => {
    const swapper = await loadIn(mode, [forge('first')]);
    const { dataBag } = swapper.current.vault;
    const job = swapper.call('live_job', 'sword');
    await begun(swapper, 'sword');
    await expectToWait(swapper, { kind: 'call', name: 'live_job' }, async () => {
      await dataBag.set('sword go', true);
      expect(await job).toBe('first');
    });
  });

  it('waits for the jobs that wait for a thread', async () => {
    const swapper = await loadIn(mode, [forge('first')], { concurrency: 1 });
    const { dataBag } = swapper.current.vault;
    const job = swapper.call('live_job', 'sword');
    const waiting = swapper.call('live_release');
    await begun(swapper, 'sword');
    const closed = swapper.close();
    await dataBag.set('sword go', true);
    expect(await Promise.all([job, waiting])).toEqual(['first', 'first']);
    await closed;
  });

  it('waits for a promise given to waitUntil', async () => {
    const swapper = await loadIn(mode, [forge('first')]);
    const { dataBag } = swapper.current.vault;
    expect(await swapper.call('live_background', 'shield')).toBe('first');
    await begun(swapper, 'shield');
    await expectToWait(swapper, { kind: 'open', thread: 0, count: 1 }, () => dataBag.set('shield go', true));
  });

  it('waits for an open iterator', async () => {
    const swapper = await loadIn(mode, [forge('first')]);
    const steps = (await swapper.call('live_steps')) as AsyncGenerator<string>;
    expect((await steps.next()).value).toBe('first');
    await expectToWait(swapper, { kind: 'open', count: 1 }, async () => {
      expect(await steps.next()).toEqual({ done: false, value: 'first' });
      expect((await steps.next()).done).toBe(true);
    });
  });

  it('waits for an open stream', async () => {
    const swapper = await loadIn(mode, [forge('first')]);
    const reader = ((await swapper.call('live_stream')) as ReadableStream<string>).getReader();
    expect((await reader.read()).value).toBe('first');
    await expectToWait(swapper, { kind: 'open', count: 1 }, () => reader.cancel());
  });

  it('tells what goes on until it is told to stop', async () => {
    const swapper = await loadIn(mode, [forge('first')]);
    expect(await swapper.call('live_patrol')).toBe('first');
    await swapper.close();
    expect(states(swapper)).toEqual([]);
  });

  it('cuts what is pending at the deadline, and says so', async () => {
    const swapper = await loadIn(mode, [forge('first')], { drainMs: 50 });
    const job = swapper.call('live_job', 'sword');
    const refused = expect(job).rejects.toMatchObject({ code: 'DRAIN_TIMEOUT', plugin: 'forge' });
    await begun(swapper, 'sword');
    await swapper.close();
    await refused;
    expect(states(swapper)).toEqual([]);
  });
});

describe('a version with something pending', () => {
  it('finishes the job it began, while new calls go to the newest code', async () => {
    const { swapper, next } = await start();
    const job = swapper.call('live_job', 'sword');
    await begun(swapper, 'sword');
    await next('second');
    expect(await swapper.call('live_release')).toBe('second');
    expect(states(swapper)).toEqual(['active', 'draining']);
    await letGo(swapper, 'sword');
    expect(await job).toBe('first');
    await expect.poll(() => states(swapper)).toEqual(['active']);
  });

  it('gives the jobs that still wait for a thread to the newest code', async () => {
    const { swapper, next } = await start({ concurrency: 1 });
    const begunJob = swapper.call('live_job', 'sword');
    await begun(swapper, 'sword');
    const waiting = [swapper.call('live_release'), swapper.call('live_release')];
    await nextTurn();
    await next('second');
    expect(await Promise.all(waiting)).toEqual(['second', 'second']);
    await letGo(swapper, 'sword');
    expect(await begunJob).toBe('first');
  });

  it('gives live data that still waits for a thread to its newest class, and back when there is none any more', async () => {
    const { swapper, next } = await start({ concurrency: 1 });
    const begunJob = swapper.call('live_job', 'sword');
    await begun(swapper, 'sword');
    const ore = LiveData.of('Live_Ore', { weight: 3 });
    const coal = LiveData.of('Live_Coal_first', { weight: 5 });
    const smelted = swapper.run(ore);
    const lost = expect(swapper.run(coal)).rejects.toMatchObject({
      code: 'TYPE_UNKNOWN',
      data: coal.toJSON(),
    });
    await nextTurn();
    await next('second');
    expect(await smelted).toBe('3 by second');
    await lost;
    await letGo(swapper, 'sword');
    expect(await begunJob).toBe('first');
  });

  it('stays for a promise given to waitUntil', async () => {
    const { swapper, next } = await start();
    await swapper.call('live_background', 'shield');
    await begun(swapper, 'shield');
    await next('second');
    expect(states(swapper)).toEqual(['active', 'draining']);
    await expect.poll(() => pendingOn(swapper, 'draining')).toEqual([{ kind: 'open', thread: 0, count: 1 }]);
    await letGo(swapper, 'shield');
    await expect.poll(() => states(swapper)).toEqual(['active']);
  });

  it('stays for an open iterator until it ends', async () => {
    const { swapper, next } = await start();
    const steps = (await swapper.call('live_steps')) as AsyncGenerator<string>;
    expect((await steps.next()).value).toBe('first');
    await next('second');
    expect(states(swapper)).toEqual(['active', 'draining']);
    expect(await steps.next()).toEqual({ done: false, value: 'first' });
    expect((await steps.next()).done).toBe(true);
    await expect.poll(() => states(swapper)).toEqual(['active']);
  });

  it('stays for an open stream until it is cancelled', async () => {
    const { swapper, next } = await start();
    const reader = ((await swapper.call('live_stream')) as ReadableStream<string>).getReader();
    expect((await reader.read()).value).toBe('first');
    await next('second');
    expect(states(swapper)).toEqual(['active', 'draining']);
    await reader.cancel();
    await expect.poll(() => states(swapper)).toEqual(['active']);
  });

  it('is cut at the deadline, and the job is told so', async () => {
    const { swapper, next } = await start({ drainMs: 50 });
    const job = swapper.call('live_job', 'sword');
    const refused = expect(job).rejects.toMatchObject({ code: 'DRAIN_TIMEOUT', plugin: 'forge' });
    await begun(swapper, 'sword');
    await next('second');
    await refused;
    await expect.poll(() => states(swapper)).toEqual(['active']);
    expect(await swapper.call('live_release')).toBe('second');
  });
});
