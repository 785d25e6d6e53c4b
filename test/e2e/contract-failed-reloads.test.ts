import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { OnReload } from '../../lib/index.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { countThreads, noThreadLeft } from '../helpers/count-threads.js';
import { openJournal } from '../helpers/journal.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

/** A cause for a reload to fail at one of its steps: a release of guardian, or `onReload` of the host. */
interface Failure {
  readonly guardian?: Partial<PluginText>;
  readonly onReload?: OnReload;
  readonly cause: object;
}

const shield = { plugin: 'armory', methods: [{ name: 'shield' }] };
const fails = '() => { throw new Error("not today"); }';
const hookFailed = (hook: string): object => ({ code: 'HOOK_FAILED', plugin: 'guardian', hook, thread: 0 });

const steps: Readonly<Record<string, Failure>> = {
  start: {
    guardian: { module: 'throw new Error("not today");' },
    cause: { code: 'START_FAILED', plugin: 'guardian' },
  },
  reloadable: { guardian: { hooks: { reloadable: fails } }, cause: hookFailed('reloadable') },
  'the check of what is reloadable': {
    guardian: { hooks: { reloadable: '() => false' } },
    cause: { code: 'DEPENDENCY_RELOADABLE', plugin: 'guardian', dependency: 'armory' },
  },
  exports: { guardian: { hooks: { exports: fails } }, cause: hookFailed('exports') },
  imports: {
    guardian: { imports: [shield] },
    cause: { code: 'IMPORT_MISMATCH', plugin: 'guardian', dependency: 'armory', method: 'shield' },
  },
  onLoad: { guardian: { hooks: { onLoad: fails } }, cause: hookFailed('onLoad') },
  onInit: { guardian: { hooks: { onInit: fails } }, cause: hookFailed('onInit') },
  onReload: {
    onReload: () => Promise.reject(new RangeError('not today')),
    cause: { code: 'RELOAD_VETOED', cause: expect.objectContaining({ message: 'not today' }) },
  },
};

for (const [step, { guardian, onReload, cause }] of Object.entries(steps)) {
  test(`a reload that fails at ${step} leaves no trace: the old generation answers throughout`, async () => {
    const folder = await tempFolder();
    const journal = openJournal(folder);
    const release = (number: number): PluginText[] => [
      {
        name: 'armory',
        module: journal.code,
        // Its exports are only known at run time.
        hooks: { exports: `() => ({ sword: () => ${number} })`, onFree: '() => note("onFree")' },
      },
      {
        name: 'guardian',
        imports: ['armory'],
        live: { live_sword: '() => callImport("armory", "sword", [])' },
      },
    ];
    await deploy(folder, ...release(1));
    const swapper = openSwapper(folder);
    await swapper.load();
    const before = { threads: countThreads(), generation: swapper.current, copies: await copiesIn(folder) };

    const [armory, next] = release(2) as [PluginText, PluginText];
    await deploy(folder, armory, { ...next, ...guardian });
    const over = new AbortController();
    const answers = new Set<unknown>();
    const calling = (async () => {
      while (!over.signal.aborted) answers.add(await swapper.call('live_sword'));
    })();
    await expect(swapper.reload(undefined, onReload && { onReload })).rejects.toMatchObject({
      code: 'RELOAD_FAILED',
      cause,
    });
    over.abort();
    await calling;
    expect([...answers]).toEqual([1]);
    expect(swapper.current).toBe(before.generation);
    expect(swapper.reloads).toBe(0);
    // The other plugin may not have come up when the start of one fails; later, it has, and is freed.
    if (step !== 'start') expect(journal.take()).toEqual(['armory/0 onFree']);
    await noThreadLeft(before.threads);
    await expect.poll(() => copiesIn(folder)).toEqual(before.copies);

    await deploy(folder, ...release(3));
    await swapper.reload();
    expect(await swapper.call('live_sword')).toBe(3);
  });
}

test('a reload that fails at an artifact has started nothing', async () => {
  const folder = await tempFolder();
  await deploy(folder, { name: 'guardian', live: { live_answer: '() => 1' } });
  const swapper = openSwapper(folder);
  await swapper.load();
  const threads = countThreads();
  const torn = join(folder, 'herald.plugin.mjs');
  await writeFile(torn, '//! liveswap {"format":1');
  const reload = swapper.reload();
  await expect(reload).rejects.toMatchObject({ cause: { code: 'ARTIFACT_INVALID', file: torn } });
  expect(countThreads()).toBe(threads);
  expect(await swapper.call('live_answer')).toBe(1);
});

async function copiesIn(folder: string): Promise<string[]> {
  const files = await readdir(join(folder, '.versions'), { recursive: true });
  return files.filter((file) => file.endsWith('.mjs')).sort();
}

test('a reload whose data is a promise that rejects fails with it, also where it had to wait for another, and nothing else does', async () => {
  const folder = await tempFolder();
  await deploy(folder, { name: 'herald', live: { live_call: "() => 'hear ye'" } });
  const swapper = openSwapper(folder);
  await swapper.load();
  const before = swapper.reload(undefined, { force: true });
  const failed = swapper.reload(Promise.reject(new Error('no such data')));
  failed.catch(() => {});
  await before;
  await expect(failed).rejects.toMatchObject({
    code: 'RELOAD_FAILED',
    cause: { message: 'no such data' },
  });
  expect(await swapper.call('live_call')).toBe('hear ye');
});

test('a reload whose data is a promise that never settles fails after startMs, and lets the next one run', async () => {
  const folder = await tempFolder();
  await deploy(folder, { name: 'herald', live: { live_call: "() => 'hear ye'" } });
  const swapper = openSwapper(folder, { startMs: 2_500 });
  await swapper.load();
  const failed = swapper.reload(new Promise(() => {}));
  const next = swapper.reload(undefined, { force: true });
  await expect(failed).rejects.toMatchObject({
    cause: { code: 'OPTION_INVALID', message: expect.stringContaining('within 2500 ms (startMs)') },
  });
  expect(await next).toEqual({ herald: 'forced' });
});

test('data that a promise gives is copied, so that a later change of it is one', async () => {
  const folder = await tempFolder();
  const hooks = { onLoad: '(data) => { seen = data; }' };
  await deploy(folder, { name: 'herald', module: 'let seen;', hooks, live: { live_call: '() => seen' } });
  const swapper = openSwapper(folder);
  const tidings = { from: 'Winterfell' };
  await swapper.load(Promise.resolve(tidings));
  tidings.from = 'Dorne';
  await swapper.reload(Promise.resolve(tidings));
  expect(await swapper.call('live_call')).toEqual({ from: 'Dorne' });
});
