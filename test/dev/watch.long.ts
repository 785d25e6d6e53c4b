import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { cp, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test, vi } from 'vitest';

import { build } from '../../lib/compiler/index.js';
import { watch, type WatchEvent, type WatchOptions, type Watcher } from '../../lib/dev/index.js';
import { childrenWith } from '../helpers/processes.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { quietEnv } from '../helpers/quiet-env.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles, type Files } from '../helpers/write-plugins.js';

const run = promisify(execFile);
const definition = `import { definePlugin } from 'liveswap/plugin';\nexport default definePlugin({});\n`;
const says = (name: string, text: string) => `export async function live_${name}() { return '${text}'; }\n`;

const herald = { 'plugins/herald/index.ts': definition, 'plugins/herald/call.ts': says('call', 'hear') };
const guardian = {
  'plugins/guardian/index.ts': `${definition}export { live_guard } from './guard.js';\n`,
  'plugins/guardian/guard.ts': says('guard', 'halt'),
};

type EventOf<Type extends WatchEvent['type']> = Extract<WatchEvent, { type: Type }>;

/** Watches `plugins` below a new folder, with a swapper that runs them. */
async function open(files: Files, options: Partial<WatchOptions> = {}, folder?: string) {
  const root = folder ?? (await tempFolder());
  await writeFiles(root, files);
  const swapper = openSwapper(join(root, 'out'));
  const logged: string[] = [];
  const log = (_facts: object, message = ''): void => void logged.push(message);
  const watcher = watch(swapper, {
    sources: [join(root, 'plugins')],
    logger: { debug: log, info: log, warn: log, error: log },
    ...options,
  });
  onTestFinished(() => watcher.close());
  const events: WatchEvent[] = [];
  for (const type of ['saved', 'built', 'live', 'failed'] as const)
    watcher.on(type, (event) => events.push(event));
  await watcher.ready;
  return {
    at: (path: string) => join(root, path),
    edit: (changed: Files) => writeFiles(root, changed),
    swapper,
    watcher,
    events,
    logged,
  };
}

/** Resolves to the next event of a type. */
function next<Type extends WatchEvent['type']>(watcher: Watcher, type: Type): Promise<EventOf<Type>> {
  return new Promise((resolve) => {
    const stop = watcher.on(type, (event) => {
      stop();
      resolve(event);
    });
  });
}

test('plugins are built and loaded; a save is live', async () => {
  const { edit, swapper, watcher, events } = await open(herald);
  await expect(swapper.call('live_call')).resolves.toBe('hear');
  expect(events.map(({ type }) => type)).toEqual(['built', 'live']);
  const live = next(watcher, 'live');
  await edit({ 'plugins/herald/call.ts': says('call', 'hark') });
  const { details, ms } = await live;
  await expect(swapper.call('live_call')).resolves.toBe('hark');
  expect(details).toEqual({ herald: 'ok' });
  expect(ms.total).toBeGreaterThanOrEqual(ms.build + ms.swap);
  expect(events.map(({ type }) => type)).toEqual(['built', 'live', 'saved', 'built', 'live']);
});

test('only what changed is built and swapped', async () => {
  const { edit, watcher } = await open({ ...herald, ...guardian });
  const built = next(watcher, 'built');
  const live = next(watcher, 'live');
  await edit({ 'plugins/herald/call.ts': says('call', 'hark') });
  expect((await built).reports.map(({ name, state }) => [name, state])).toEqual([['herald', 'built']]);
  expect((await live).details).toEqual({ guardian: 'unchanged', herald: 'ok' });
});

test('a save goes live although another build has written its artifact first', async () => {
  const saved = { 'plugins/herald/call.ts': says('call', 'hark') };
  const other = await tempFolder();
  await writeFiles(other, { ...herald, ...saved });
  await build({ sources: [join(other, 'plugins')], outDir: join(other, 'out') });
  const { at, edit, swapper, watcher } = await open(herald);
  await cp(join(other, 'out'), at('out'), { recursive: true });
  const built = next(watcher, 'built');
  const live = next(watcher, 'live');
  await edit(saved);
  expect((await built).reports).toMatchObject([{ name: 'herald', state: 'unchanged' }]);
  expect((await live).details).toEqual({ herald: 'ok' });
  await expect(swapper.call('live_call')).resolves.toBe('hark');
});

test('a type error is reported, the old version serves on, and the fix goes live', async () => {
  const { edit, swapper, watcher, logged } = await open(herald);
  const refused = next(watcher, 'built');
  await edit({
    'plugins/herald/call.ts': `export async function live_call(): Promise<string> { return 3; }`,
  });
  expect((await refused).reports).toMatchObject([{ name: 'herald', state: 'refused' }]);
  expect(logged.join()).toContain("Type 'number' is not assignable to type 'string'");
  await expect(swapper.call('live_call')).resolves.toBe('hear');
  const live = next(watcher, 'live');
  await edit({ 'plugins/herald/call.ts': says('call', 'three') });
  await live;
  await expect(swapper.call('live_call')).resolves.toBe('three');
});

test('a version that does not come up fails, the old one serves on, and the fix goes live', async () => {
  const { edit, swapper, watcher } = await open(herald);
  const failed = next(watcher, 'failed');
  await edit({
    'plugins/herald/index.ts': `import { definePlugin } from 'liveswap/plugin';
      export default definePlugin({ onLoad() { throw new Error('hoarse'); } });`,
  });
  expect((await failed).error).toMatchObject({ code: 'RELOAD_FAILED', plugin: 'herald' });
  await expect(swapper.call('live_call')).resolves.toBe('hear');
  const live = next(watcher, 'live');
  await edit({ 'plugins/herald/index.ts': definition, 'plugins/herald/call.ts': says('call', 'again') });
  await live;
  await expect(swapper.call('live_call')).resolves.toBe('again');
});

const till = (release: number, onActive = ''): Files => ({
  'plugins/till/index.ts': `
    import { context, definePlugin, kept } from 'liveswap/plugin';
    const sold = kept('sold', () => [] as number[]);
    const release: number = ${release};
    export async function live_sell(number: number): Promise<number> {
      const before = sold.length;
      await new Promise((resolve) => setTimeout(resolve, 1));
      // Lost where another one sells meanwhile.
      sold.length = before;
      sold.push(number);
      return release;
    }
    export const live_sold = (): number[] => sold;
    export default definePlugin({
      async onActive() {
        await context.vault.dataBag.update<number>('active', (count = 0) => count + 1);
        ${onActive}
      },
      async onYield() { await context.vault.dataBag.update<number>('active', (count = 0) => count - 1); },
    });
  `,
});

test('an exclusive plugin that is edited while it works hands over: nothing is lost, also where a version is refused', async () => {
  const { edit, swapper, watcher } = await open(till(1));
  const sellers = new Set<number>();
  let isOver = false;
  let sold = 0;
  // Calls are made one after the other, because each must see the result of the one before.
  const selling = (async () => {
    while (!isOver) sellers.add((await swapper.call('live_sell', ++sold)) as number);
  })();
  const active = (): Promise<unknown> => swapper.current.vault.dataBag.get('active');
  for (const release of [2, 3]) {
    const live = next(watcher, 'live');
    await edit(till(release));
    expect((await live).details).toEqual({ till: 'ok' });
    await expect.poll(() => sellers).toContain(release);
    expect(await active()).toBe(1);
  }
  const failed = next(watcher, 'failed');
  await edit(till(4, `if (release === 4) throw new RangeError('no change');`));
  expect((await failed).error).toMatchObject({ code: 'RELOAD_FAILED', plugin: 'till' });
  const before = sold;
  await expect.poll(() => sold).toBeGreaterThan(before + 1);
  const live = next(watcher, 'live');
  await edit(till(5));
  await live;
  await expect.poll(() => sellers).toContain(5);
  isOver = true;
  await selling;
  expect(await swapper.call('live_sold')).toEqual(Array.from({ length: sold }, (_, index) => index + 1));
  expect([...sellers]).toEqual([1, 2, 3, 5]);
  expect(await active()).toBe(1);
});

test('after a first build that is refused the fix is loaded', async () => {
  const { edit, swapper, watcher, events } = await open({
    ...herald,
    'plugins/herald/call.ts': `export async function live_call(): Promise<string> { return 3; }`,
  });
  expect(events.map(({ type }) => type)).toEqual(['built']);
  const live = next(watcher, 'live');
  await edit({ 'plugins/herald/call.ts': says('call', 'at last') });
  await live;
  await expect(swapper.call('live_call')).resolves.toBe('at last');
});

test('every save by rename goes live', async () => {
  const { at, swapper, watcher } = await open(herald);
  for (const text of ['one', 'two', 'three', 'four', 'five', 'six']) {
    const live = next(watcher, 'live');
    await writeFile(at('plugins/herald/.call.ts.tmp'), says('call', text));
    await rename(at('plugins/herald/.call.ts.tmp'), at('plugins/herald/call.ts'));
    await live;
    await expect(swapper.call('live_call')).resolves.toBe(text);
  }
});

test('a burst of saves in many files is one reload', async () => {
  const voices = Array.from({ length: 30 }, (_, index) => index);
  const choir = (text: string): Files =>
    Object.fromEntries(
      voices.map((index) => [`plugins/herald/voice-${index}.ts`, says(`sing${index}`, text)]),
    );
  const { at, swapper, watcher, events } = await open({ ...herald, ...guardian, ...choir('la') });
  const before = events.length;
  const live = next(watcher, 'live');
  for (const [path, text] of Object.entries(choir('lu'))) writeFileSync(at(path), text);
  writeFileSync(at('plugins/guardian/guard.ts'), says('guard', 'pass'));
  expect((await live).details).toEqual({ guardian: 'ok', herald: 'ok' });
  await expect(Promise.all(voices.map((index) => swapper.call(`live_sing${index}`)))).resolves.toEqual(
    voices.map(() => 'lu'),
  );
  expect(events.slice(before).map(({ type }) => type)).toEqual(['saved', 'built', 'live']);
  expect(swapper.reloads).toBe(1);
});

test('a git checkout of a branch that differs in many files goes live, there and back', async () => {
  const root = await tempFolder();
  // Git gets no settings of the user, such as hooks or signed commits, and no repository but the one in the folder.
  const ours = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  const env = { ...Object.fromEntries(ours), GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const git = (...args: string[]) =>
    run('git', ['-c', 'user.name=Ironkill', '-c', 'user.email=ironkill@example.org', ...args], {
      cwd: root,
      env,
    });
  const choir = (text: string): Files => ({
    ...herald,
    ...Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [
        `plugins/herald/choir/voice-${index}.ts`,
        says(`sing${index}`, text),
      ]),
    ),
  });
  const writeBranch = async (files: Files): Promise<void> => {
    await writeFiles(root, files);
    await git('add', '.');
    await git('commit', '--quiet', '--message', 'as it is sung');
  };
  await git('init', '--quiet', '--initial-branch=morning');
  await writeBranch(choir('la'));
  await git('checkout', '--quiet', '-b', 'evening');
  await writeBranch({ ...choir('lu'), 'plugins/guardian/index.ts': definition });
  await git('checkout', '--quiet', 'morning');
  const { swapper, events } = await open({}, {}, root);
  const songOf = () =>
    Promise.all(Array.from({ length: 40 }, (_, index) => swapper.call(`live_sing${index}`))).then((sung) => [
      ...new Set(sung),
    ]);
  const names = () => swapper.current.plugins.map(({ name }) => name);
  await git('checkout', '--quiet', 'evening');
  await expect.poll(songOf).toEqual(['lu']);
  await expect.poll(names).toEqual(['guardian', 'herald']);
  await git('checkout', '--quiet', 'morning');
  await expect.poll(songOf).toEqual(['la']);
  await expect.poll(names).toEqual(['herald']);
  expect(events.some(({ type }) => type === 'failed')).toBe(false);
});

test('a plugin folder that is new, deleted, made again, or a symbolic link goes live', async () => {
  const { at, edit, swapper, watcher } = await open({
    ...herald,
    'elsewhere/smith/index.ts': `${definition}${says('smith', 'clang')}`,
  });
  let live = next(watcher, 'live');
  await edit(guardian);
  expect((await live).details).toEqual({ guardian: 'ok', herald: 'unchanged' });
  await expect(swapper.call('live_guard')).resolves.toBe('halt');

  live = next(watcher, 'live');
  const removed = next(watcher, 'built');
  // The folder is deleted synchronously, or the watcher could see a part of the deletion.
  rmSync(at('plugins/guardian'), { recursive: true });
  expect((await removed).removed).toEqual(['guardian']);
  expect((await live).details).toEqual({ herald: 'unchanged' });
  await expect(swapper.call('live_guard')).rejects.toMatchObject({ code: 'FUNCTION_UNKNOWN' });

  live = next(watcher, 'live');
  await edit(guardian);
  await live;
  live = next(watcher, 'live');
  await edit({ 'plugins/guardian/guard.ts': says('guard', 'who goes there') });
  await live;
  await expect(swapper.call('live_guard')).resolves.toBe('who goes there');

  live = next(watcher, 'live');
  await symlink(at('elsewhere/smith'), at('plugins/smith'), 'junction');
  await live;
  live = next(watcher, 'live');
  await edit({ 'elsewhere/smith/index.ts': `${definition}${says('smith', 'bang')}` });
  await live;
  await expect(swapper.call('live_smith')).resolves.toBe('bang');
});

test('when the folder of all plugins is deleted they serve on, and go on when it is back', async () => {
  const { at, edit, swapper, watcher } = await open(herald);
  const failed = next(watcher, 'failed');
  rmSync(at('plugins'), { recursive: true });
  expect((await failed).error).toMatchObject({ code: 'NO_PLUGINS' });
  await expect(swapper.call('live_call')).resolves.toBe('hear');
  const live = next(watcher, 'live');
  await edit({ ...herald, 'plugins/herald/call.ts': says('call', 'back') });
  await live;
  await expect(swapper.call('live_call')).resolves.toBe('back');
});

test('a file outside of the plugins that is bundled in, and what its tsconfig.json extends, are watched', async () => {
  const base = (strict: boolean) =>
    JSON.stringify({ compilerOptions: { module: 'esnext', moduleResolution: 'bundler', strict } });
  const { edit, swapper, watcher } = await open({
    'shared/steel.ts': `export const steel = 'steel';`,
    'base.json': base(false),
    'plugins/tsconfig.json': JSON.stringify({ extends: '../base.json' }),
    'plugins/armory/index.ts': `import { steel } from '../../shared/steel.js';
      ${definition}export async function live_sword(length) { return steel + length; }`,
  });
  const live = next(watcher, 'live');
  await edit({ 'shared/steel.ts': `export const steel = 'bronze';` });
  await live;
  await expect(swapper.call('live_sword', 3)).resolves.toBe('bronze3');
  const refused = next(watcher, 'built');
  await edit({ 'base.json': base(true) });
  expect((await refused).reports).toMatchObject([{ name: 'armory', state: 'refused' }]);
});

test('a new file that `paths` puts before the one that is used is live, in a folder that is new as well', async () => {
  const { edit, swapper, watcher } = await open({
    'plugins/herald/index.ts': definition,
    'plugins/herald/call.ts': `import { word } from '@/word.js';\nexport async function live_call() { return word; }\n`,
    'shared/word.ts': `export const word = 'hear';\n`,
    'tsconfig.json': JSON.stringify({
      compilerOptions: { paths: { '@/*': ['./own/*', './shared/*'] } },
      include: ['plugins'],
    }),
  });
  expect(await swapper.call('live_call')).toBe('hear');
  const live = next(watcher, 'live');
  await edit({ 'own/word.ts': `export const word = 'oyez';\n` });
  await live;
  expect(await swapper.call('live_call')).toBe('oyez');
});

test('a file that is written after the import that leads to it is live, in a folder that is new as well', async () => {
  const { edit, swapper, watcher } = await open(herald);
  const refused = next(watcher, 'built');
  await edit({
    'plugins/herald/call.ts': `import { word } from '../../shared/word.js';
      import song from '../../shared/song.json' with { type: 'json' };
      export async function live_call() { return word + song.verses; }\n`,
  });
  expect((await refused).reports).toMatchObject([{ name: 'herald', state: 'refused' }]);
  const live = next(watcher, 'live');
  await edit({ 'shared/word.ts': `export const word = 'oyez';\n`, 'shared/song.json': `{ "verses": 3 }` });
  await live;
  expect(await swapper.call('live_call')).toBe('oyez3');
});

test('a package that is upgraded is live, and judged by its new types', async () => {
  const trumpet = (text: string, type: string) => ({
    'node_modules/trumpet/index.js': `export const toot = ${text};`,
    'node_modules/trumpet/index.d.ts': `export declare const toot: ${type};`,
  });
  const manifest = (version: string) =>
    JSON.stringify({ name: 'castle', type: 'module', dependencies: { trumpet: version } });
  const { edit, swapper, watcher } = await open({
    'package.json': manifest('1.0.0'),
    'node_modules/trumpet/package.json': JSON.stringify({
      name: 'trumpet',
      type: 'module',
      exports: './index.js',
    }),
    ...trumpet(`'toot'`, 'string'),
    ...herald,
    'plugins/herald/call.ts': `import { toot } from 'trumpet';\nexport async function live_call(): Promise<string> { return toot; }`,
  });
  await expect(swapper.call('live_call')).resolves.toBe('toot');
  const refused = next(watcher, 'built');
  await edit({ ...trumpet('2', 'number'), 'package.json': manifest('2.0.0') });
  expect((await refused).reports).toMatchObject([{ state: 'refused', findings: [{ rule: 'types' }] }]);
  const live = next(watcher, 'live');
  await edit({ ...trumpet(`'tara'`, 'string'), 'package.json': manifest('2.0.1') });
  await live;
  await expect(swapper.call('live_call')).resolves.toBe('tara');
});

test('npm ci and npm update, which leave package.json alone, are noticed wherever the packages are', async () => {
  const root = await tempFolder();
  const install = (text: string, type: string) =>
    writeFiles(root, {
      'node_modules/trumpet/package.json': `{ "name": "trumpet", "type": "module", "exports": "./index.js" }`,
      'node_modules/trumpet/index.js': `export const toot = ${text};`,
      'node_modules/trumpet/index.d.ts': `export declare const toot: ${type};`,
      // npm writes this file last.
      'node_modules/.package-lock.json': JSON.stringify({ packages: { trumpet: text } }),
    });
  await install(`'toot'`, 'string');
  const { swapper, watcher, events } = await open(
    {
      ...herald,
      'plugins/herald/call.ts': `import { toot } from 'trumpet';\nexport async function live_call(): Promise<string> { return toot; }`,
    },
    {},
    join(root, 'app'),
  );
  await expect(swapper.call('live_call')).resolves.toBe('toot');

  const refused = next(watcher, 'built');
  await install('2', 'number');
  expect((await refused).reports).toMatchObject([{ state: 'refused', findings: [{ rule: 'types' }] }]);

  rmSync(join(root, 'node_modules'), { recursive: true });
  await install(`'tara'`, 'string');
  await expect.poll(() => swapper.call('live_call')).toBe('tara');
  expect(events.filter(({ type }) => type === 'failed')).toEqual([]);
});

test('the first npm ci of a fresh clone, which only makes node_modules, is noticed', async () => {
  const { edit, swapper, events } = await open({
    'package.json': `{ "name": "castle", "type": "module", "dependencies": { "trumpet": "1.0.0" } }`,
    'package-lock.json': '{}',
    ...herald,
    'plugins/herald/call.ts': `import { toot } from 'trumpet';\nexport async function live_call(): Promise<string> { return toot; }`,
  });
  expect(events).toMatchObject([{ type: 'built', reports: [{ name: 'herald', state: 'refused' }] }]);
  await edit({
    'node_modules/trumpet/package.json': `{ "name": "trumpet", "type": "module", "exports": "./index.js" }`,
    'node_modules/trumpet/index.js': `export const toot = 'toot';`,
    'node_modules/trumpet/index.d.ts': `export declare const toot: string;`,
    'node_modules/.package-lock.json': '{}',
  });
  await expect.poll(() => swapper.call('live_call').catch(String)).toBe('toot');
});

test('a tsconfig.json that is broken from the start is watched: once it is mended, all is live', async () => {
  const { at, edit, swapper, watcher, events } = await open({ ...herald, 'tsconfig.json': '{ "include": [' });
  expect(events).toMatchObject([
    { type: 'failed', error: { code: 'OPTION_INVALID', file: at('tsconfig.json') } },
  ]);
  const live = next(watcher, 'live');
  await edit({ 'tsconfig.json': '{ "include": ["plugins"] }' });
  await live;
  await expect(swapper.call('live_call')).resolves.toBe('hear');
});

test('artifacts that are written into a source folder do not start another build', async () => {
  const root = await tempFolder();
  await writeFiles(root, herald);
  const swapper = openSwapper(join(root, 'plugins/herald/out'));
  const watcher = watch(swapper, { sources: [join(root, 'plugins/herald')] });
  onTestFinished(() => watcher.close());
  // A change as old as the last look is reported once more.
  const saved = new Set<string>();
  watcher.on('saved', ({ files }) => {
    for (const file of files) saved.add(file);
  });
  await watcher.ready;
  const live = next(watcher, 'live');
  await writeFiles(root, { 'plugins/herald/call.ts': says('call', 'hark') });
  await live;
  const again = next(watcher, 'live');
  await writeFiles(root, { 'plugins/herald/call.ts': says('call', 'hush') });
  await again;
  expect([...saved]).toEqual([join(root, 'plugins/herald/call.ts')]);
});

test('onLoad is given what the host makes for it', async () => {
  let times = 0;
  const { edit, swapper, watcher } = await open(
    {
      'plugins/herald/index.ts': `import { context, definePlugin } from 'liveswap/plugin';
        export default definePlugin({ async onLoad(data) { await context.vault.dataBag.set('data', data); } });`,
      'plugins/herald/read.ts': `import { context } from 'liveswap/plugin';
        export async function live_read() { return context.vault.dataBag.get('data'); }`,
    },
    { data: () => ++times },
  );
  await expect(swapper.call('live_read')).resolves.toBe(1);
  const live = next(watcher, 'live');
  await edit({ 'plugins/herald/call.ts': says('call', 'hear') });
  await live;
  await expect(swapper.call('live_read')).resolves.toBe(2);
});

test('options that cannot be used are an event and a line in the log, not a crash', async () => {
  const { events, logged } = await open({}, { sources: [] });
  expect(events).toMatchObject([{ type: 'failed', error: { code: 'OPTION_INVALID' } }]);
  expect(logged).toEqual([expect.stringContaining('sources')]);
});

test('with swapBeforeCheck a save is live first, and told of afterwards; the next one is judged again', async () => {
  const { edit, swapper, watcher, logged } = await open(herald, { swapBeforeCheck: true });
  let judged = next(watcher, 'judged');
  await edit({
    'plugins/herald/call.ts': `export async function live_call(): Promise<string> { return 3; }\n`,
  });
  const { reports } = await judged;
  expect(reports).toMatchObject([{ name: 'herald', state: 'refused', findings: [{ rule: 'types' }] }]);
  await expect(swapper.call('live_call')).resolves.toBe(3);
  expect(logged.join('\n')).toContain("Type 'number' is not assignable to type 'string'");
  judged = next(watcher, 'judged');
  await edit({ 'plugins/herald/call.ts': says('call', 'hark') });
  expect((await judged).reports).toEqual([]);
  await expect(swapper.call('live_call')).resolves.toBe('hark');
});

test('the thread of the host never compiles: types and rules have a process of their own', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, herald);
  const script = `
    import { Swapper } from 'liveswap';
    import { watch } from 'liveswap/watch';
    const swapper = new Swapper(process.argv[1] + '/out');
    const watcher = watch(swapper, { sources: [process.argv[1] + '/plugins'] });
    await watcher.ready;
    const { _cache } = (await import('node:module')).default;
    console.log(await swapper.call('live_call'), Object.keys(_cache).filter((path) => /ts-morph|esbuild/.test(path)));
    await watcher.close();
    await swapper.close();`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script, folder], {
    env: quietEnv(),
  });
  expect(stdout).toBe('hear []\n');
});

test('when the process that builds dies, the next save is built by another one', async () => {
  const { edit, swapper, watcher } = await open(herald);
  const builders = await childrenWith('build-process.js');
  expect(builders).toHaveLength(1);
  const failed = next(watcher, 'failed');
  const live = next(watcher, 'live');
  await writeFiles(join(swapper.pluginDir, '../plugins/herald'), { 'call.ts': says('call', 'hark') });
  for (const pid of builders) process.kill(pid, 'SIGKILL');
  // The save may have been built before.
  await Promise.race([failed, live]);
  await edit({ 'plugins/herald/call.ts': says('call', 'heed') });
  await vi.waitFor(async () => expect(await swapper.call('live_call')).toBe('heed'), 20_000);
});

test.skipIf(process.platform === 'win32')(
  'a host that is killed in the middle of a build leaves no word of the process that builds',
  async () => {
    const folder = await tempFolder();
    const names = Array.from({ length: 20 }, (_, index) => `herald${index}`);
    await writeFiles(
      folder,
      Object.fromEntries(names.map((name) => [`plugins/${name}/index.ts`, definition])),
    );
    const script = `
    import { Swapper } from 'liveswap';
    import { watch } from 'liveswap/watch';
    const swapper = new Swapper(process.argv[1] + '/out');
    const onProgress = () => process.kill(process.pid, 'SIGKILL');
    watch(swapper, { sources: [process.argv[1] + '/plugins'], onProgress });`;
    // The output ends only when the process that builds has ended as well.
    const error: unknown = await run(process.execPath, ['--input-type=module', '--eval', script, folder], {
      env: quietEnv(),
    }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ signal: 'SIGKILL', stdout: '', stderr: '' });
  },
);

test('an artifact folder that cannot be written is an event and a line in the log, not a crash', async () => {
  const { events, logged } = await open({ ...herald, out: 'a file, not a folder' });
  expect(events).toContainEqual(
    expect.objectContaining({
      type: 'failed',
      error: expect.objectContaining({ code: 'OPTION_INVALID', option: 'outDir' }) as object,
    }),
  );
  expect(logged.join('\n')).toContain('EEXIST');
});

test('a closed watcher builds nothing more; close() may be called twice, and right at once', async () => {
  const { at, edit, watcher, events } = await open(herald);
  const artifact = await readFile(at('out/herald.plugin.mjs'), 'utf8');
  await Promise.all([watcher.close(), watcher.close()]);
  const before = events.length;
  await edit({ 'plugins/herald/call.ts': says('call', 'late') });
  const swapper = openSwapper(at('out'));
  const another = watch(swapper, { sources: [at('plugins/herald')], outDir: at('other') });
  await another.close();
  expect(events.length).toBe(before);
  await expect(readFile(at('out/herald.plugin.mjs'), 'utf8')).resolves.toBe(artifact);
});

test('NODE_DEBUG=liveswap prints what happens to a watcher', async () => {
  const root = await tempFolder();
  await writeFiles(root, herald);
  const entry = (name: string) => JSON.stringify(new URL(`../../dist/lib/${name}`, import.meta.url).href);
  const host = `import { Swapper } from ${entry('index.js')};
    import { watch } from ${entry('dev/index.js')};
    const swapper = new Swapper('out', { standby: false });
    const watcher = watch(swapper, { sources: ['plugins'] });
    await watcher.ready;
    await watcher.close();
    await swapper.close();`;
  const { stderr } = await run(process.execPath, ['--input-type=module', '--eval', host], {
    cwd: root,
    env: quietEnv({ NODE_DEBUG: 'liveswap' }),
  });
  const types = [...stderr.matchAll(/^LIVESWAP \d+: \{[^]*?type: '(\w+)'/gm)].map(([, type]) => type);
  expect(types).toEqual(expect.arrayContaining(['built', 'live', 'closed']));
});

test('a watcher ends with its swapper', async () => {
  const { swapper, watcher } = await open(herald);
  const closed = next(watcher, 'closed');
  await swapper.close();
  await expect(closed).resolves.toEqual({ type: 'closed' });
});
