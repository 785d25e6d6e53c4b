import { describe, expect, test } from 'vitest';
import { isLiveswapError, type LiveswapError } from '../../lib/index.js';
import { deploy, type FunctionTexts, type PluginText } from '../helpers/compose-plugin.js';
import { notedHooks, openJournal, type Journal } from '../helpers/journal.js';
import { deployIn, loadIn, modes, threadsIn } from '../helpers/modes.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { countThreads, noThreadLeft } from '../helpers/count-threads.js';

const all = {
  reloadable: '() => { note("reloadable"); return true; }',
  exports: '() => { note("exports"); return { name: () => context.plugin }; }',
};

/** Returns a chain: herald imports guardian, guardian imports armory. */
function chain(code: string, hooks: Readonly<Record<string, FunctionTexts>> = {}): PluginText[] {
  const plugin = (name: string, imports: string[]): PluginText => ({
    name,
    imports,
    module: code,
    live: { [`live_${name}`]: `() => "${name}"` },
    hooks: hooks[name] ?? notedHooks(all),
  });
  return [plugin('armory', []), plugin('guardian', ['armory']), plugin('herald', ['guardian'])];
}

async function failureOf(promise: Promise<unknown>): Promise<LiveswapError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isLiveswapError(error)) throw new Error(`expected a failure, got ${String(error)}`);
  return error;
}

const causeOf = (error: LiveswapError): LiveswapError => error.cause as LiveswapError;

/** Sorts neighbouring lines of one plugin and one step by thread. */
function turns(lines: readonly string[]): string[][] {
  const turnOf = (line: string | undefined): string | undefined => line?.replace(/\/\d+/, '');
  const found: string[][] = [];
  for (const line of lines) {
    const last = found.at(-1);
    if (last && turnOf(last[0]) === turnOf(line)) last.push(line);
    else found.push([line]);
  }
  return found.map((turn) => turn.sort());
}

const turnsOf = (journal: Journal): string[][] => turns(journal.take());

const throws = { how: 'throws', text: '() => { throw new RangeError("no more arrows"); }', kills: false };
const rejects = {
  how: 'rejects',
  text: '() => Promise.reject(new RangeError("no more arrows"))',
  kills: false,
};
const exits = { how: 'takes its thread down', text: '() => process.exit(3)', kills: true };

describe.each(modes)('in mode %s', (mode) => {
  /** Indexes of the threads of a version that has two. */
  const threads = [...Array(threadsIn(mode, 2)).keys()];
  const last = threads.length - 1;

  test('hooks run once in each thread, step by step over all plugins, dependencies first; onFree in reverse', async () => {
    const journal = openJournal(await tempFolder());
    const swapper = await loadIn(mode, chain(journal.code), { threads: 2 });
    const steps = ['reloadable', 'exports', 'onLoad', 'onInit'];
    const names = ['armory', 'guardian', 'herald'];
    const inThreads = (name: string, step: string): string[] =>
      threads.map((thread) => `${name}/${thread} ${step}`);
    // The threads of a plugin run a hook at the same time.
    expect(turnsOf(journal)).toEqual(steps.flatMap((step) => names.map((name) => inThreads(name, step))));
    await swapper.close();
    expect(turnsOf(journal)).toEqual(names.toReversed().map((name) => inThreads(name, 'onFree')));
  });

  test('onLoad is given the data, onInit the vault; imports work from onLoad on, live functions from onInit on', async () => {
    const journal = openJournal(await tempFolder());
    const tell = (what: string): string => `note(String(${what}))`;
    const swapper = await deployIn(mode, [
      { name: 'armory', exports: { sword: '() => "sword"' }, live: { live_count: '() => 7' } },
      {
        name: 'guardian',
        imports: ['armory'],
        module: journal.code,
        live: { live_own: '() => "own"' },
        hooks: {
          exports: `async () => { await callImport("armory", "sword", []).catch((error) => ${tell('error.code')}); return {}; }`,
          onLoad: `async (data) => {
            ${tell('data.motto')};
            ${tell('await callImport("armory", "sword", [])')};
            await context.vault.call("live_count").catch((error) => ${tell('error.code')});
          }`,
          onInit: `async (vault) => {
            ${tell('vault === context.vault')};
            ${tell('await vault.live.live_count()')};
            ${tell('await vault.call("live_own")')};
          }`,
        },
      },
    ]);
    await swapper.load({ motto: 'Stand' });
    const told = ['NOT_LOADED', 'Stand', 'sword', 'VAULT_NOT_READY', 'true', '7', 'own'];
    expect(journal.take()).toEqual(told.map((text) => `guardian/0 ${text}`));
  });

  for (const [hook, ways] of Object.entries({
    reloadable: [throws],
    exports: [rejects, exits],
    onLoad: [throws, exits],
    onInit: [rejects],
  })) {
    for (const { how, text, kills } of ways) {
      // In static linking, code that ends its thread would end the host.
      if (kills && mode === 'static') continue;
      test(`a load fails when ${hook} ${how}: the error says where, and every thread is freed once`, async () => {
        const journal = openJournal(await tempFolder());
        const before = countThreads();
        const inLast = `() => { if (context.thread.index === ${last}) return (${text})(); ${hook === 'exports' ? 'return {};' : ''} }`;
        const hooks = { guardian: notedHooks({ ...all, [hook]: inLast }) };
        const swapper = await deployIn(mode, chain(journal.code, hooks), { threads: 2 });
        const error = await failureOf(swapper.load());
        expect(error).toMatchObject({ code: 'LOAD_FAILED', plugin: 'guardian' });
        expect(causeOf(error)).toMatchObject({ code: 'HOOK_FAILED', plugin: 'guardian', hook, thread: last });
        const why = kills ? 'process.exit\\(' : 'no more arrows';
        expect(error.message).toMatch(
          new RegExp(`${hook} of guardian@\\w+ failed in thread ${last}: .*${why}`),
        );
        const freed = journal.take().filter((line) => line.endsWith('onFree'));
        const living = kills ? threads.filter((thread) => thread !== last) : threads;
        expect(turns(freed)).toEqual([
          threads.map((thread) => `herald/${thread} onFree`),
          living.map((thread) => `guardian/${thread} onFree`),
          threads.map((thread) => `armory/${thread} onFree`),
        ]);
        await noThreadLeft(before);
      });
    }
  }

  test('a hook that never ends fails the load after startMs, and its thread is freed', async () => {
    const journal = openJournal(await tempFolder());
    const before = countThreads();
    const hooks = { guardian: notedHooks({ onLoad: '() => new Promise(() => {})' }) };
    const swapper = await deployIn(mode, chain(journal.code, hooks), { startMs: 2_500 });
    const error = await failureOf(swapper.load());
    expect(causeOf(error)).toMatchObject({
      code: 'HOOK_FAILED',
      plugin: 'guardian',
      hook: 'onLoad',
      thread: 0,
    });
    expect(error.message).toContain('did not settle within 2500 ms (startMs)');
    const freed = journal.take().filter((line) => line.endsWith('onFree'));
    expect(freed).toEqual(['herald/0 onFree', 'guardian/0 onFree', 'armory/0 onFree']);
    await noThreadLeft(before);
  });

  test('an onFree that throws or never ends is reported, and the version leaves all the same', async () => {
    const before = countThreads();
    const plugins = [
      { name: 'armory', hooks: { onFree: '() => { throw new Error("rust"); }' } },
      { name: 'guardian', hooks: { onFree: '() => new Promise(() => {})' } },
    ];
    const swapper = await deployIn(mode, plugins, { freeMs: 100 });
    const failures: unknown[] = [];
    swapper.on('hookFailed', ({ error }) => failures.push(error));
    await swapper.load();
    await swapper.close();
    expect(failures).toHaveLength(2);
    expect(failures).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ code: 'HOOK_FAILED', hook: 'onFree', plugin: 'armory', thread: 0 }),
        expect.objectContaining({ code: 'HOOK_FAILED', hook: 'onFree', plugin: 'guardian', thread: 0 }),
      ]),
    );
    await noThreadLeft(before);
  });
});

test('a thread that cannot import its artifact fails the load; those that could are freed', async () => {
  const folder = await tempFolder();
  const journal = openJournal(folder);
  const before = countThreads();
  const [armory, guardian] = chain(journal.code) as [PluginText, PluginText];
  const up = `${journal.code}\nimport { readdirSync, writeFileSync } from 'node:fs';\nimport { threadId } from 'node:worker_threads';
    const isUp = () => writeFileSync(${JSON.stringify(`${folder}/up `)} + threadId, '');`;
  // This thread fails only when the three others are up.
  const module = `${up}
    let isFirst = true;
    try { writeFileSync(${JSON.stringify(`${folder}/first`)}, '', { flag: 'wx' }); } catch { isFirst = false; }
    if (isFirst) isUp();
    const others = () => readdirSync(${JSON.stringify(folder)}).filter((name) => name.startsWith('up '));
    while (!isFirst && others().length < 3) await new Promise((resolve) => setTimeout(resolve, 2));
    if (!isFirst) throw new Error('out of steel');`;
  await deploy(folder, { ...armory, module: `${up} isUp();` }, { ...guardian, module });
  const error = await failureOf(openSwapper(folder, { threads: 2 }).load());
  expect(causeOf(error)).toMatchObject({ code: 'START_FAILED', plugin: 'guardian' });
  expect(error.message).toMatch(
    /guardian@\w+ from .*guardian\.plugin\.mjs: thread [01] failed: out of steel/,
  );
  const freed = journal.take().filter((line) => line.endsWith('onFree'));
  expect(freed.map((line) => line.replace(/\d/, '')).sort()).toEqual([
    'armory/ onFree',
    'armory/ onFree',
    'guardian/ onFree',
  ]);
  await noThreadLeft(before);
});

const loop = 'for (;;);';

test('a thread that loops for ever while it starts fails the load after startMs, and is cut', async () => {
  const folder = await tempFolder();
  const before = countThreads();
  await deploy(folder, { name: 'guardian', module: loop });
  const error = await failureOf(openSwapper(folder, { startMs: 2_500 }).load());
  expect(causeOf(error)).toMatchObject({ code: 'START_TIMEOUT', plugin: 'guardian', thread: 0 });
  await noThreadLeft(before);
});

test('a failure does not wait for another thread that loops for ever', async () => {
  const folder = await tempFolder();
  const before = countThreads();
  const onLoad = `() => { if (context.thread.index === 0) { ${loop} } throw new Error('no more arrows'); }`;
  await deploy(
    folder,
    { name: 'guardian', hooks: { onLoad, onFree: '() => {}' } },
    { name: 'herald', module: loop },
  );
  // Both limits are far beyond what the test may take.
  const swapper = openSwapper(folder, {
    threads: 2,
    startMs: 3_600_000,
    freeMs: 3_600_000,
    only: ['guardian'],
  });
  expect(causeOf(await failureOf(swapper.load()))).toMatchObject({ code: 'HOOK_FAILED', thread: 1 });
  await deploy(folder, { name: 'guardian', module: 'throw new Error("out of steel");' });
  const both = openSwapper(folder, { startMs: 3_600_000, freeMs: 3_600_000 });
  expect(causeOf(await failureOf(both.load()))).toMatchObject({ code: 'START_FAILED', plugin: 'guardian' });
  await noThreadLeft(before);
});

test('onFree waits for the hook that is under way when another thread fails', async () => {
  const folder = await tempFolder();
  const journal = openJournal(folder);
  const onLoad = `async () => {
    if (context.thread.index === 0) throw new Error('no more arrows');
    await new Promise((resolve) => setTimeout(resolve, 50));
    note('onLoad');
  }`;
  await deploy(folder, { name: 'guardian', module: journal.code, hooks: notedHooks({ onLoad }) });
  await failureOf(openSwapper(folder, { threads: 2 }).load());
  expect(journal.take().filter((line) => line.startsWith('guardian/1'))).toEqual([
    'guardian/1 onLoad',
    'guardian/1 onFree',
  ]);
});
