import { access, readdir, readFile, rename, rm, stat, symlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { BuildSession, type PluginReport } from '../../lib/compiler/index.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles, writePlugins } from '../helpers/write-plugins.js';

const definition = `import { definePlugin } from 'liveswap/plugin';\nexport default definePlugin({});\n`;

const plugins = {
  armory: {
    'index.ts': `
      import { definePlugin, type ExportsOf } from 'liveswap/plugin';
      import { steel } from '../../shared/steel.js';
      const plugin = definePlugin({ exports: { sword: (length: number) => steel + length } });
      export default plugin;
      export type ArmoryApi = ExportsOf<typeof plugin>;
    `,
  },
  guardian: {
    'index.ts': `
      import { definePlugin, importPlugin } from 'liveswap/plugin';
      import type { ArmoryApi } from '../armory/index.js';
      const armory = importPlugin<ArmoryApi>('armory');
      export async function live_draw() { return armory.sword(3); }
      export default definePlugin({});
    `,
  },
  herald: { 'index.ts': definition, 'call.ts': `export async function live_call() { return 'hear'; }` },
};

async function open() {
  const folder = await tempFolder();
  await writeFiles(folder, { 'shared/steel.ts': `export const steel = 'steel ';` });
  await writePlugins(join(folder, 'plugins'), plugins);
  const outDir = join(folder, 'out');
  const session = new BuildSession({ sources: [join(folder, 'plugins')], outDir });
  onTestFinished(() => session.close());
  await session.build();
  /** Writes files, and builds the plugins that they change. */
  const edit = async (files: Record<string, string>) => {
    await writeFiles(folder, files);
    return session.rebuild(Object.keys(files).map((path) => join(folder, path)));
  };
  return { folder, outDir, session, edit };
}

/** Returns the outcome of each plugin, by name: `built`, or the problems found. */
function outcome(reports: readonly PluginReport[]) {
  return Object.fromEntries(
    reports.map((report) => [
      report.name,
      report.state === 'refused' ? report.findings.map(({ problem }) => problem) : report.state,
    ]),
  );
}

test('an edit builds its plugin and leaves the siblings alone', async () => {
  const { outDir, edit } = await open();
  const before = await stat(join(outDir, 'guardian.plugin.mjs'));
  const reports = await edit({
    'plugins/herald/call.ts': `export async function live_call() { return 'now'; }`,
  });
  expect(outcome(reports)).toEqual({ armory: 'unchanged', guardian: 'unchanged', herald: 'built' });
  await expect(readFile(join(outDir, 'herald.plugin.mjs'), 'utf8')).resolves.toContain(`"now"`);
  expect((await stat(join(outDir, 'guardian.plugin.mjs'))).mtimeMs).toBe(before.mtimeMs);
  expect(reports.find(({ name }) => name === 'guardian')?.times).toEqual({});
});

test('an edit that makes the same bytes writes nothing', async () => {
  const { edit } = await open();
  const reports = await edit({ 'plugins/herald/call.ts': plugins.herald['call.ts'] });
  expect(outcome(reports)).toMatchObject({ herald: 'unchanged' });
});

test('an edit in place that keeps the size and the time of a file is bundled', async () => {
  const { folder, outDir, session } = await open();
  const path = join(folder, 'plugins/herald/call.ts');
  const yesterday = new Date(Date.now() - 86_400_000);
  for (const said of ['hear', 'look', 'stay']) {
    await writeFiles(folder, {
      'plugins/herald/call.ts': `export async function live_call() { return '${said}'; }`,
    });
    await utimes(path, yesterday, yesterday);
    await session.rebuild([path]);
    await expect(readFile(join(outDir, 'herald.plugin.mjs'), 'utf8')).resolves.toContain(`"${said}"`);
  }
});

test('a file outside of the plugins, imported by one, builds that one', async () => {
  const { outDir, session, folder, edit } = await open();
  expect(session.inputs).toContain(join(folder, 'shared/steel.ts'));
  await edit({ 'shared/steel.ts': `export const steel = 'bronze ';` });
  await expect(readFile(join(outDir, 'armory.plugin.mjs'), 'utf8')).resolves.toContain('bronze');
});

test('a change of exported types is held against the plugin that imports them, and goes when that is mended', async () => {
  const { outDir, edit } = await open();
  const artifact = await readFile(join(outDir, 'guardian.plugin.mjs'), 'utf8');
  const broken = await edit({
    'plugins/armory/index.ts': plugins.armory['index.ts'].replace('length: number', 'length: string'),
  });
  expect(outcome(broken)).toMatchObject({
    armory: 'built',
    guardian: ["Argument of type 'number' is not assignable to parameter of type 'string'. (TS2345)"],
    herald: 'unchanged',
  });
  await expect(readFile(join(outDir, 'guardian.plugin.mjs'), 'utf8')).resolves.toBe(artifact);
  const mended = await edit({
    'plugins/guardian/index.ts': plugins.guardian['index.ts'].replace('sword(3)', `sword('3')`),
  });
  expect(outcome(mended)).toMatchObject({ guardian: 'built' });
});

test('what imports from a plugin that is refused keeps its artifact until that one is mended', async () => {
  const { outDir, edit } = await open();
  const artifact = join(outDir, 'guardian.plugin.mjs');
  const before = await readFile(artifact, 'utf8');
  const broken = await edit({
    'plugins/armory/rust.ts': `export const rust: number = 'red';`,
    'plugins/guardian/index.ts': plugins.guardian['index.ts'].replace('sword(3)', 'sword(4)'),
    'plugins/herald/call.ts': `export async function live_call() { return 'hear me'; }`,
  });
  expect(outcome(broken)).toEqual({
    armory: [expect.stringContaining('TS2322')],
    guardian: 'unchanged',
    herald: 'built',
  });
  expect(await readFile(artifact, 'utf8')).toBe(before);
  // The importer's edit is not lost, although it was in another file than the one that is mended.
  const mended = await edit({ 'plugins/armory/rust.ts': `export const rust = 'red';` });
  expect(outcome(mended)).toMatchObject({ guardian: 'built' });
  expect(await readFile(artifact, 'utf8')).toContain('sword(4)');
});

test('a plugin that is refused holds none that only sees what it declares for all', async () => {
  const { edit } = await open();
  await edit({
    'tsconfig.json': '{ "compilerOptions": { "strict": true, "module": "nodenext", "types": [] } }',
    'plugins/herald/texts.d.ts': `declare module '*.txt';`,
    'plugins/herald/globals.ts': `declare global { var hall: string; }\nexport {};`,
  });
  const reports = await edit({
    'plugins/herald/call.ts': `export async function live_call(): Promise<string> { return 1; }`,
    'shared/steel.ts': `export const steel = 'iron ';`,
  });
  expect(outcome(reports)).toMatchObject({
    armory: 'built',
    herald: [`Type 'number' is not assignable to type 'string'. (TS2322)`],
  });
});

test('what imports from a plugin that is refused keeps the artifact of an earlier session, too', async () => {
  const { folder, outDir } = await open();
  const artifact = join(outDir, 'guardian.plugin.mjs');
  const before = await readFile(artifact, 'utf8');
  await writeFiles(folder, {
    'plugins/armory/rust.ts': `export const rust: number = 'red';`,
    'plugins/guardian/index.ts': plugins.guardian['index.ts'].replace('sword(3)', 'sword(4)'),
  });
  const session = new BuildSession({ sources: [join(folder, 'plugins')], outDir });
  onTestFinished(() => session.close());
  expect(outcome(await session.build())).toMatchObject({ guardian: 'unchanged', herald: 'unchanged' });
  expect(await readFile(artifact, 'utf8')).toBe(before);
  await rm(join(folder, 'plugins/armory/rust.ts'));
  const mended = await session.rebuild([join(folder, 'plugins/armory/rust.ts')]);
  expect(outcome(mended)).toMatchObject({ armory: 'unchanged', guardian: 'built' });
  expect(await readFile(artifact, 'utf8')).toContain('sword(4)');
});

test('what imports from a plugin whose bundle is refused keeps its artifact as well', async () => {
  const { folder, outDir, edit } = await open();
  const artifact = join(outDir, 'guardian.plugin.mjs');
  const before = await readFile(artifact, 'utf8');
  // A package with types and without code: only the bundle finds that.
  await writeFiles(folder, {
    'node_modules/ghost/package.json': JSON.stringify({ name: 'ghost', types: 'ghost.d.ts' }),
    'node_modules/ghost/ghost.d.ts': 'export declare const boo: string;',
  });
  const broken = await edit({
    'plugins/armory/ghost.ts': `import { boo } from 'ghost';\nexport async function live_haunt() { return boo; }`,
    'plugins/guardian/index.ts': plugins.guardian['index.ts'].replace('sword(3)', 'sword(4)'),
  });
  expect(outcome(broken)).toEqual({
    armory: [expect.stringContaining('ghost')],
    guardian: 'unchanged',
    herald: 'unchanged',
  });
  expect(await readFile(artifact, 'utf8')).toBe(before);
  const mended = await edit({ 'plugins/armory/ghost.ts': `export const boo = 'hoo';` });
  expect(outcome(mended)).toMatchObject({ armory: 'unchanged', guardian: 'built' });
  expect(await readFile(artifact, 'utf8')).toContain('sword(4)');
});

test('artifacts that somebody has deleted are written again with the next edit', async () => {
  const { outDir, edit } = await open();
  const before = await readFile(join(outDir, 'armory.plugin.mjs'), 'utf8');
  await rm(outDir, { recursive: true });
  const reports = await edit({
    'plugins/herald/call.ts': `export async function live_call() { return 'now'; }`,
  });
  expect(outcome(reports)).toEqual({ armory: 'built', guardian: 'built', herald: 'built' });
  expect(await readFile(join(outDir, 'armory.plugin.mjs'), 'utf8')).toBe(before);
});

test('a new file is part of its plugin, a deleted one is not', async () => {
  const { folder, outDir, session, edit } = await open();
  await edit({ 'plugins/herald/sing.ts': `export async function live_sing() { return 'la'; }` });
  await expect(readFile(join(outDir, 'live.d.ts'), 'utf8')).resolves.toContain('live_sing');
  await rm(join(folder, 'plugins/herald/sing.ts'));
  await session.rebuild([join(folder, 'plugins/herald/sing.ts')]);
  await expect(readFile(join(outDir, 'live.d.ts'), 'utf8')).resolves.not.toContain('live_sing');
  await expect(readFile(join(outDir, 'herald.plugin.mjs'), 'utf8')).resolves.not.toContain('live_sing');
});

test('an import of a deleted file is found, and found mended when the file is back', async () => {
  const { folder, session, edit } = await open();
  await edit({
    'plugins/herald/tune.ts': `export const tune = 'la';`,
    'plugins/herald/call.ts': `import { tune } from './tune.js';\nexport async function live_call() { return tune; }`,
  });
  await rm(join(folder, 'plugins/herald/tune.ts'));
  const broken = await session.rebuild([join(folder, 'plugins/herald/tune.ts')]);
  expect(outcome(broken)).toMatchObject({
    herald: [expect.stringContaining(`Cannot find module './tune.js'`)],
  });
  expect(outcome(await edit({ 'plugins/herald/tune.ts': `export const tune = 'lu';` }))).toMatchObject({
    herald: 'built',
  });
});

test('an import of data that is not there yet is found mended when it is', async () => {
  const { folder, session, edit } = await open();
  await edit({ 'plugins/herald/song.json': '{ "verses": 3 }' });
  await rm(join(folder, 'plugins/herald/song.json'));
  await writeFiles(folder, {
    'plugins/herald/song.ts': `import song from './song.json' with { type: 'json' };\nexport const verses: number = song.verses;`,
  });
  const missing = await session.rebuild(
    ['song.json', 'song.ts'].map((file) => join(folder, 'plugins/herald', file)),
  );
  expect(outcome(missing)).toMatchObject({ herald: [expect.stringContaining('TS2307')] });
  const mended = await edit({ 'plugins/herald/song.json': '{ "verses": 3 }' });
  expect(outcome(mended)).toMatchObject({ herald: 'unchanged' });
});

test('a package that stays outside of the artifact is told of until nothing imports it any more', async () => {
  const { edit } = await open();
  const herald = async (code: string) => {
    const reports = await edit({ 'plugins/herald/index.ts': `${definition}${code}` });
    return reports.find(({ name }) => name === 'herald');
  };
  await edit({
    'node_modules/anvil/package.json': '{ "name": "anvil", "version": "1.0.0", "types": "index.d.ts" }',
    'node_modules/anvil/index.js': `exports.strike = require('./anvil.node').strike;`,
    'node_modules/anvil/index.d.ts': `export declare function strike(): string;`,
    'node_modules/anvil/anvil.node': 'steel',
  });
  const strikes = `import { strike } from 'anvil';\nexport async function live_strike() { return strike(); }\n`;
  expect(await herald(strikes)).toMatchObject({ state: 'built', outside: [{ name: 'anvil' }] });
  expect(await herald(`${strikes}// Once more.\n`)).toMatchObject({ outside: [{ name: 'anvil' }] });
  expect(await herald('')).toMatchObject({ outside: [] });
});

test('a new plugin is built, and a deleted one takes its artifact along', async () => {
  const { folder, outDir, session, edit } = await open();
  const reports = await edit({ 'plugins/forge/index.ts': definition });
  expect(outcome(reports)).toMatchObject({ forge: 'built' });
  await rm(join(folder, 'plugins/forge'), { recursive: true });
  const left = await session.rebuild([join(folder, 'plugins/forge/index.ts')]);
  expect(left.map(({ name }) => name)).toEqual(['armory', 'guardian', 'herald']);
  await expect(access(join(outDir, 'forge.plugin.mjs'))).rejects.toThrow();
});

test('a plugin that is moved to another source folder keeps its artifact', async () => {
  const folder = await tempFolder();
  await writePlugins(folder, {
    'day/herald': plugins.herald,
    'day/forge': { 'index.ts': definition },
    'night/mill': { 'index.ts': definition },
  });
  const outDir = join(folder, 'out');
  const session = new BuildSession({ sources: [join(folder, 'day'), join(folder, 'night')], outDir });
  onTestFinished(() => session.close());
  await session.build();
  await rename(join(folder, 'day/herald'), join(folder, 'night/herald'));
  const reports = await session.rebuild([join(folder, 'day/herald/index.ts')]);
  expect(outcome(reports)).toEqual({ forge: 'unchanged', herald: expect.any(String), mill: 'unchanged' });
  await expect(access(join(outDir, 'herald.plugin.mjs'))).resolves.toBeUndefined();
});

test('a folder that becomes a plugin is found where others have built its code in', async () => {
  const { folder, session, edit } = await open();
  const expected = { armory: [expect.stringContaining('This imports code of plugin steelworks')] };
  await edit({
    'plugins/steelworks/steel.ts': `export const steel = 'tin ';`,
    'plugins/armory/index.ts': `${definition}export { steel } from '../steelworks/steel.js';`,
  });
  expect(outcome(await edit({ 'plugins/steelworks/index.ts': definition }))).toMatchObject(expected);
  await rm(join(folder, 'plugins/steelworks/index.ts'));
  const mended = await session.rebuild([join(folder, 'plugins/steelworks/index.ts')]);
  expect(outcome(mended)).toMatchObject({ armory: 'unchanged' });
});

test('a tsconfig.json that appears or changes counts at once', async () => {
  const { edit } = await open();
  const loose = { 'plugins/herald/call.ts': `export async function live_call(name) { return name; }` };
  expect(outcome(await edit(loose))).toMatchObject({ herald: [expect.stringContaining('TS7006')] });
  const reports = await edit({
    'plugins/tsconfig.json': JSON.stringify({
      compilerOptions: { module: 'esnext', moduleResolution: 'bundler' },
    }),
  });
  expect(outcome(reports)).toMatchObject({ herald: [expect.stringContaining('TS7006')] });
  const off = await edit({
    'plugins/tsconfig.json': JSON.stringify({
      compilerOptions: { module: 'esnext', moduleResolution: 'bundler', strict: false },
    }),
  });
  expect(outcome(off)).toMatchObject({ herald: 'built' });
});

test('a change of what a tsconfig.json extends counts, whatever its name', async () => {
  const { folder, session, edit } = await open();
  const base = (strict: boolean) =>
    JSON.stringify({ compilerOptions: { module: 'esnext', moduleResolution: 'bundler', strict } });
  await edit({
    'base.json': base(false),
    'plugins/tsconfig.json': JSON.stringify({ extends: '../base.json' }),
    'plugins/herald/call.ts': `export async function live_call(name) { return name; }`,
  });
  expect(session.inputs).toContain(join(folder, 'base.json'));
  expect(outcome(await edit({ 'base.json': base(true) }))).toMatchObject({
    herald: [expect.stringContaining('TS7006')],
  });
});

test('the base of a tsconfig.json counts again once it is mended', async () => {
  const { edit } = await open();
  const base = (strict: boolean) =>
    JSON.stringify({ compilerOptions: { module: 'esnext', moduleResolution: 'bundler', strict } });
  await edit({
    'base.json': base(false),
    'plugins/tsconfig.json': JSON.stringify({ extends: '../base.json' }),
    'plugins/herald/call.ts': `export async function live_call(name) { return name; }`,
  });
  await expect(edit({ 'base.json': base(true).slice(0, -5) })).rejects.toMatchObject({
    code: 'OPTION_INVALID',
  });
  expect(outcome(await edit({ 'base.json': base(true) }))).toMatchObject({
    herald: [expect.stringContaining('TS7006')],
  });
});

test('declarations that a tsconfig.json includes count, and so does a change of them', async () => {
  const { folder, session, edit } = await open();
  await edit({
    'tsconfig.json': JSON.stringify({
      include: ['plugins', 'types'],
      compilerOptions: { module: 'esnext', moduleResolution: 'bundler', strict: true },
    }),
    'types/stage.d.ts': `declare const STAGE: string;`,
    'types/tools.d.ts': `export declare const tool: string;`,
    'plugins/herald/stage.ts': `export const stage: string = STAGE;`,
  });
  expect(session.inputs).toContain(join(folder, 'types/stage.d.ts'));
  expect(session.inputs).not.toContain(join(folder, 'types/tools.d.ts'));
  expect(outcome(await edit({ 'types/stage.d.ts': `declare const STAGE: number;` }))).toMatchObject({
    herald: [expect.stringContaining('TS2322')],
  });
});

test('declarations that are written because something is missing are found', async () => {
  const { edit } = await open();
  const stage = 'plugins/herald/stage.ts';
  const missing = await edit({
    'tsconfig.json': JSON.stringify({
      include: ['plugins', 'types'],
      compilerOptions: { module: 'esnext', moduleResolution: 'bundler', strict: true },
    }),
    [stage]: `export const stage: string = STAGE;`,
  });
  expect(outcome(missing)).toMatchObject({ herald: [expect.stringContaining("Cannot find name 'STAGE'")] });
  await edit({ 'types/stage.d.ts': `declare const STAGE: string;` });
  expect(outcome(await edit({ [stage]: `export const stage: string = STAGE;\n` }))).toMatchObject({
    herald: 'unchanged',
  });
});

test('declarations are found that were written before anything needs them, and that were gone for a while', async () => {
  const { folder, outDir, session, edit } = await open();
  const stage = { 'types/stage.d.ts': `declare const STAGE: string;` };
  await edit({
    'tsconfig.json': JSON.stringify({
      include: ['plugins', 'types'],
      compilerOptions: { module: 'esnext', moduleResolution: 'bundler', strict: true },
    }),
  });
  // Nothing was declared so far, so nobody tells the session of this one.
  await writeFiles(folder, stage);
  const used = await edit({
    'plugins/herald/call.ts': `export async function live_call() { return STAGE; }\n`,
    'plugins/guardian/stage.ts': `export const stage: string = STAGE;`,
  });
  expect(used.map(({ state }) => state)).not.toContain('refused');
  const path = join(folder, 'types/stage.d.ts');
  await edit({
    'plugins/herald/call.ts': plugins.herald['call.ts'],
    'plugins/guardian/stage.ts': `export {};`,
  });
  await rm(path);
  await session.rebuild([path]);
  await edit(stage);
  // What is inferred outside of a plugin is no error of it.
  await edit({
    'shared/stage.ts': `export const stage = () => STAGE;`,
    'plugins/herald/call.ts': `import { stage } from '../../shared/stage.js';\nexport async function live_call() { return stage(); }`,
  });
  expect(await readFile(join(outDir, 'herald.plugin.mjs'), 'utf8')).toContain('() => Promise<string>');
});

test('of several sources, one whose folder is gone takes its plugin along; when all are gone, everything stays', async () => {
  const folder = await tempFolder();
  const sources = await writePlugins(folder, {
    herald: plugins.herald,
    forge: { 'index.ts': definition },
  });
  const outDir = join(folder, 'out');
  const session = new BuildSession({ sources, outDir });
  onTestFinished(() => session.close());
  await session.build();
  await rm(join(folder, 'forge'), { recursive: true });
  expect(outcome(await session.rebuild([]))).toEqual({ herald: 'unchanged' });
  await expect(access(join(outDir, 'forge.plugin.mjs'))).rejects.toThrow();
  await rm(join(folder, 'herald'), { recursive: true });
  await expect(session.rebuild([])).rejects.toMatchObject({ code: 'NO_PLUGINS' });
  await expect(access(join(outDir, 'herald.plugin.mjs'))).resolves.toBeUndefined();
});

test('a plugin folder may be a symbolic link; one that leads back to where it is does no harm', async () => {
  const folder = await tempFolder();
  await writePlugins(folder, { 'far/herald': plugins.herald, 'plugins/forge': { 'index.ts': definition } });
  await symlink(join(folder, 'far/herald'), join(folder, 'plugins/crier'), 'junction');
  await symlink(join(folder, 'plugins'), join(folder, 'plugins/forge/back'), 'junction');
  const session = new BuildSession({ sources: [join(folder, 'plugins')], outDir: join(folder, 'out') });
  onTestFinished(() => session.close());
  expect(outcome(await session.build())).toEqual({ crier: 'built', forge: 'built' });
  await writeFiles(folder, { 'far/herald/call.ts': `export async function live_call() { return 'hark'; }` });
  const reports = await session.rebuild([join(folder, 'plugins/crier/call.ts')]);
  expect(outcome(reports)).toEqual({ crier: 'built', forge: 'unchanged' });
  await expect(readFile(join(folder, 'out/crier.plugin.mjs'), 'utf8')).resolves.toContain('hark');
});

test('a link to nothing is no file: an editor may have put it there', async () => {
  const folder = await tempFolder();
  const sources = await writePlugins(folder, { herald: plugins.herald });
  await symlink('kay@castle.1', join(folder, 'herald/.#call.ts'));
  await symlink('gone.ts', join(folder, 'herald/sing.ts'));
  const session = new BuildSession({ sources, outDir: join(folder, 'out') });
  onTestFinished(() => session.close());
  expect(outcome(await session.build())).toEqual({ herald: 'built' });
});

test('two plugins with one live name: the newcomer is refused, and both places are named', async () => {
  const { edit } = await open();
  const reports = await edit({
    'plugins/guardian/call.ts': `export async function live_call() { return 'who'; }`,
  });
  expect(outcome(reports)).toMatchObject({
    guardian: [
      'The live function live_call is declared by two plugins: guardian, here, and herald, in herald/call.ts.',
    ],
  });
});

test('a live name stays with the plugin that had it, whatever else is saved', async () => {
  const { edit } = await open();
  const call = (text: string) => `export async function live_call() { return '${text}'; }`;
  await edit({ 'plugins/guardian/call.ts': call('who') });
  const expected = { guardian: [expect.stringContaining('two plugins')], herald: 'built' };
  expect(outcome(await edit({ 'plugins/herald/call.ts': call('hark') }))).toMatchObject(expected);
  const renamed = await edit({ 'plugins/herald/call.ts': 'export async function live_sing() {}' });
  expect(outcome(renamed)).toMatchObject({ guardian: 'built', herald: 'built' });
  expect(outcome(await edit({ 'plugins/herald/call.ts': call('hark') }))).toMatchObject({
    guardian: 'unchanged',
    herald: [expect.stringContaining('two plugins')],
  });
});

test('a check writes nothing', async () => {
  const folder = await tempFolder();
  const sources = await writePlugins(folder, { herald: plugins.herald });
  const session = new BuildSession({ sources, outDir: join(folder, 'out') });
  onTestFinished(() => session.close());
  expect(outcome(await session.check())).toEqual({ herald: 'checked' });
  expect(await readdir(folder)).toEqual(['herald']);
});

test('a bundle of a build that was given up is not used by the next one', async () => {
  const { folder, outDir, edit } = await open();
  const call = (text: string) => `export async function live_call() { return '${text}'; }`;
  const broken = edit({
    'plugins/herald/call.ts': call('hark'),
    'plugins/tsconfig.json': '{ "compilerOptions": { "target": "bronze" } }',
  });
  await expect(broken).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  await rm(join(folder, 'plugins/tsconfig.json'));
  await edit({ 'plugins/herald/call.ts': call('hail') });
  await expect(readFile(join(outDir, 'herald.plugin.mjs'), 'utf8')).resolves.toMatch(/return ["']hail["']/);
});

test('the package.json of a linked package, which says what others import, is an input', async () => {
  const folder = await tempFolder();
  const manifest = (file: string) => JSON.stringify({ name: 'flute', type: 'module', exports: file });
  await writeFiles(folder, {
    'packages/flute/package.json': manifest('./low.ts'),
    'packages/flute/low.ts': `export const tune = 'low';`,
    'packages/flute/high.ts': `export const tune = 'high';`,
    'node_modules/.keep': '',
    'plugins/herald/index.ts': `${definition}import { tune } from 'flute';\nexport async function live_play() { return tune; }\n`,
  });
  await symlink(join(folder, 'packages/flute'), join(folder, 'node_modules/flute'), 'junction');
  const session = new BuildSession({ sources: [join(folder, 'plugins')], outDir: join(folder, 'out') });
  onTestFinished(() => session.close());
  await session.build();
  const path = join(folder, 'packages/flute/package.json');
  expect(session.inputs).toContain(path);
  // That of liveswap is none: with it, all that its own tsconfig.json includes would be held against the next run.
  expect(session.inputs).not.toContain(fileURLToPath(new URL('../../package.json', import.meta.url)));
  await writeFiles(folder, { 'packages/flute/package.json': manifest('./high.ts') });
  expect(await session.rebuild([path])).toMatchObject([{ state: 'built' }]);
  expect(await readFile(join(folder, 'out/herald.plugin.mjs'), 'utf8')).toContain('"high"');
});

test('a package.json or tsconfig.json that would be nearer to shared code than the one there is counts once it is there', async () => {
  const { folder, outDir, session, edit } = await open();
  await edit({
    'package.json': '{ "type": "module" }',
    'shared/steel/forge.ts': `console.log('clang');\nexport class Forge { heat?: number }\n`,
    'shared/steel/index.ts': `export { Forge } from './forge.js';\nexport const steel = 'steel';\n`,
    'plugins/herald/index.ts': `${definition}export { steel } from '../../shared/steel/index.js';\n`,
    'plugins/guardian/index.ts': `${definition}export { Forge } from '../../shared/steel/index.js';\n`,
  });
  const bundles = async () =>
    Promise.all(['herald', 'guardian'].map((name) => readFile(join(outDir, `${name}.plugin.mjs`), 'utf8')));
  expect(await bundles()).toMatchObject([expect.stringContaining('clang'), expect.stringContaining('heat;')]);
  const settings = {
    'shared/package.json': '{ "type": "module", "sideEffects": false }',
    'shared/steel/tsconfig.json': '{ "compilerOptions": { "useDefineForClassFields": false } }',
  };
  expect([...session.inputs]).toEqual(
    expect.arrayContaining(Object.keys(settings).map((path) => join(folder, path))),
  );
  await edit(settings);
  expect(await bundles()).toMatchObject([
    expect.not.stringContaining('clang'),
    expect.not.stringContaining('heat;'),
  ]);
});
