import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { build, BuildSession, type BuiltPlugin, type Finding } from '../../lib/compiler/index.js';
import { childrenWith } from '../helpers/processes.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

const definition = `import { definePlugin } from 'liveswap/plugin';\nexport default definePlugin({});\n`;
const quick = { typecheck: false, rules: false } as const;

const sources = {
  // These are names that an artifact might need for itself.
  'names/index.ts': `${definition}
    import { join } from './legacy.cjs';
    export const URL = 'mine', createRequire = 1, fileURLToPath = 2;
    export async function live_names() { return [URL, typeof join, import.meta.url.startsWith('file:'), typeof __dirname, createRequire, fileURLToPath]; }`,
  'names/legacy.cjs': `exports.join = require('path').join;`,

  'sloppy/index.ts': `${definition}
    import { protect, place } from './old.cjs';
    export async function live_sloppy() { return [protect(), place.endsWith('old.cjs')]; }`,
  'sloppy/old.cjs': `
    const { stone } = require('./stone.cjs');
    function protected() { leaked = stone; return [typeof this, leaked]; }
    module.exports = { protect: () => protected(), place: __filename };`,
  'sloppy/stone.cjs': `'use strict';\nexports.stone = (function () { return typeof this; })();`,

  'older/tsconfig.json': JSON.stringify({
    compilerOptions: { strict: true, module: 'esnext', moduleResolution: 'bundler' },
  }),
  'older/index.ts': `${definition}
    import { moon } from './moon.cjs';
    export async function live_moon() { return moon; }`,
  'older/moon.cjs': `with ({ moon: 010 }) { exports.moon = moon; }`,

  'defined/index.ts': `${definition}
    declare const HALL: unknown, STAGE: { name: unknown };
    export async function live_defined() { return [HALL, STAGE.name]; }`,

  'decorated/tsconfig.json': JSON.stringify({
    compilerOptions: {
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      module: 'esnext',
      moduleResolution: 'bundler',
    },
  }),
  'decorated/metadata.ts': `export const seen: unknown[] = [];
    (Reflect as any).metadata = (key: string, value: any) => () => { seen.push([key, Array.isArray(value) ? value.map((one) => one.name) : value?.name]); };`,
  'decorated/index.ts': `${definition}
    import { seen } from './metadata.js';
    import { Horn, type Tune } from './horn.js';
    const injectable = (_target: unknown) => {};
    @injectable
    export class Herald { constructor(readonly horn: Horn, readonly tune: Tune) {} }
    export async function live_seen() { return seen; }`,
  'decorated/horn.ts': `export class Horn {}\nexport interface Tune { length: number }`,

  'inscribed/tsconfig.json': JSON.stringify({
    compilerOptions: {
      strict: true,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      module: 'esnext',
      moduleResolution: 'bundler',
    },
  }),
  'inscribed/metadata.ts': `export const types = new Map<string, string>();
    (Reflect as any).metadata = (_key: string, type: any) => (_target: unknown, name: string) => { types.set(name, type?.name ?? String(type)); };`,
  'inscribed/index.ts': `${definition}
    import { types } from './metadata.js';
    import { Bow, Blow, Name, Oath, Rank, Rite, Rune, Seal, Sign, Song } from './words.js';
    const carved = (_target: unknown, _name: string) => {};
    export class Stone {
      @carved rank!: Rank; @carved rune!: Rune; @carved name!: Name; @carved seal!: Seal; @carved sign!: Sign;
      @carved song!: Song; @carved rite!: Rite; @carved oath!: Oath; @carved bow!: Bow; @carved blow!: Blow; @carved made!: Date;
    }
    export async function live_types() { return Object.fromEntries(types); }`,
  'inscribed/words.ts': `export enum Rank { Jarl = 'jarl', Karl = 'karl' }
    export enum Rune { Fehu, Uruz }
    export type Name = 'Ironkill' | 'Stonebeard';
    export const Seal = { Red: 'red', Black: 'black' } as const;
    export type Seal = (typeof Seal)[keyof typeof Seal];
    export interface Sign { length: number }
    export type Song = string[];
    export type Rite = (name: Name) => void;
    export type Oath = undefined;
    export class Bow {}
    export type Blow = Bow;`,

  // The text of this code runs in a browser's page or in another realm.
  'elsewhere/index.ts': `${definition}
    import { runInNewContext } from 'node:vm';
    const inner = 'outside';
    const run = (start: number) => {
      const inner = (x: number) => {
        return x + 1;
      };
      const short = (x: number) => x * 2;
      function deep() { return short(inner(start)); }
      class Horn { static blow = () => 'toot'; }
      return JSON.stringify([deep(), deep.name, short.name, Horn.name, Horn.blow()]);
    };
    export async function live_run() { return [JSON.parse(runInNewContext('(' + run + ')(1)')), run.name, inner]; }`,

  'tongues/index.ts': `${definition}
    import strict from './strict.cjs';
    import sloppy from './sloppy.cjs';
    import packed from 'tongue';
    const tryAll = (load: (name: string) => any) => ['de.js', 'de', 'fr', 'la', 'xx'].map((name) => { try { return load(name).hail; } catch (error: any) { return error.code; } });
    export async function live_hail() { return [strict, sloppy, packed].map(tryAll); }
    const imported = (name: string) => import('./lang/' + name).then(({ hail }) => hail, (error) => error.code);
    export async function live_import() { return Promise.all(['de.js', 'de', 'xx'].map(imported)); }`,
  // A long word in a bundle takes no time to look through.
  'tongues/strict.cjs': `'use strict';\nmodule.exports = (name) => require('./lang/' + name);\nmodule.exports.seal = '${'x'.repeat(1_000_000)}';`,
  'tongues/sloppy.cjs': 'module.exports = (name) => require(`./lang/${name}`);',
  'tongues/package.json': '{}',
  'tongues/lang/de.js': `exports.hail = 'Heil';`,
  'tongues/lang/de.json': '{ "hail": "never" }',
  'tongues/lang/fr/index.js': `exports.hail = 'Salut';`,
  'tongues/lang/la.json': '{ "hail": "Ave" }',

  'peers/index.ts': `${definition}
    import { dialects } from 'scribe';
    export async function live_dialects() { return dialects(); }`,
  'native/index.ts': `${definition}
    import { play } from 'lyre';
    export async function live_play() { return play; }`,
};

const packages = {
  'node_modules/scribe/package.json': JSON.stringify({ name: 'scribe', main: 'index.js' }),
  'node_modules/scribe/index.js': `exports.dialects = () => ['runic', 'latin'].map((name) => { try { return name === 'runic' ? require('runic-dialect').name : require('./latin.js').name; } catch (error) { return error.code; } });`,
  'node_modules/scribe/latin.js': `exports.name = 'latin';`,
  'node_modules/tongue/index.js': `module.exports = (name) => require('./lang/' + name);`,
  'node_modules/tongue/lang/de.js': `exports.hail = 'Heil';`,
  'node_modules/tongue/lang/fr/index.js': `exports.hail = 'Salut';`,
  'node_modules/tongue/lang/la.json': '{ "hail": "Ave" }',
  'node_modules/lyre/package.json': JSON.stringify({ name: 'lyre', main: 'index.js' }),
  'node_modules/lyre/index.js': `exports.play = require('bindings')('lyre');`,
  'node_modules/bindings/index.js': `module.exports = (name) => name + '.node';`,
};

let folder = '';
let built: readonly BuiltPlugin[] = [];

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'liveswap-')));
  await writeFiles(join(folder, 'plugins'), sources);
  await writeFiles(folder, packages);
  ({ plugins: built } = await build({
    sources: [join(folder, 'plugins')],
    outDir: join(folder, 'out'),
    define: { HALL: '1;process.exit()', 'STAGE.name': '[1, "two"]' },
    ...quick,
  }));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function call(plugin: string, name: string): Promise<unknown> {
  const file = pathToFileURL(join(folder, `out/${plugin}.plugin.mjs`)).href;
  const { liveFunctions } = (await import(file)) as { liveFunctions: Record<string, () => Promise<unknown>> };
  return liveFunctions[name]?.();
}

test('the own names of an artifact are names that no plugin has', async () => {
  await expect(call('names', 'live_names')).resolves.toEqual(['mine', 'function', true, 'string', 1, 2]);
});

test('own CommonJS stays CommonJS, and sloppy unless it says that it is strict', async () => {
  await expect(call('sloppy', 'live_sloppy')).resolves.toEqual([['object', 'undefined'], true]);
});

test('own CommonJS may have what only sloppy mode allows, also under a strict tsconfig.json', async () => {
  await expect(call('older', 'live_moon')).resolves.toBe(8);
});

test('a defined value is JSON or else a text, whatever it looks like: it is never code', async () => {
  await expect(call('defined', 'live_defined')).resolves.toEqual(['1;process.exit()', [1, 'two']]);
});

test('decorators have the metadata that tsconfig.json asks for', async () => {
  await expect(call('decorated', 'live_seen')).resolves.toEqual([['design:paramtypes', ['Horn', 'Object']]]);
});

test('the metadata of decorators knows what the names of other files mean', async () => {
  await expect(call('inscribed', 'live_types')).resolves.toEqual({
    rank: 'String',
    rune: 'Number',
    name: 'String',
    seal: 'String',
    sign: 'Object',
    song: 'Array',
    rite: 'Function',
    oath: 'undefined',
    bow: 'Bow',
    blow: 'Object',
    made: 'Date',
  });
});

test('a function that is run elsewhere by its text needs nothing of the artifact, and keeps its names', async () => {
  await expect(call('elsewhere', 'live_run')).resolves.toEqual([
    [4, 'deep', 'short', 'Horn', 'toot'],
    'run',
    'outside',
  ]);
});

test('modules whose names begin with a folder are found as Node finds them, without their endings, too', async () => {
  const found = ['Heil', 'Heil', 'Salut', 'Ave', 'MODULE_NOT_FOUND'];
  await expect(call('tongues', 'live_hail')).resolves.toEqual([found, found, found]);
});

test('modules that are imported by such names need whole ones, and a missing one can be caught, as in Node', async () => {
  const found = ['Heil', 'ERR_MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND'];
  await expect(call('tongues', 'live_import')).resolves.toEqual(found);
});

test('a missing optional package of a package is no fault', async () => {
  await expect(call('peers', 'live_dialects')).resolves.toEqual(['MODULE_NOT_FOUND', 'latin']);
  expect(built.find(({ name }) => name === 'peers')?.outside).toEqual([]);
});

test('a package that loads a native addon stays outside, and the report says why', async () => {
  expect(built.find(({ name }) => name === 'native')?.outside).toEqual([
    { name: 'lyre', reason: 'it loads a native addon', isNeeded: true },
  ]);
  await expect(call('native', 'live_play')).resolves.toBe('lyre.node');
});

test('code that esbuild warns of, and that always fails, is a finding', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, {
    'package.json': JSON.stringify({ sideEffects: false }),
    'plugins/glob/index.ts': `${definition}export const load = (language: string) => import(\`./lang/\${language}.js\`);\n`,
    'plugins/glob/lang/de.ts': `export const hail = 'Heil';`,
    'plugins/bare/index.ts': `${definition}import './register.js';\n`,
    'plugins/bare/register.ts': `(globalThis as any).registered = true;`,
    'plugins/missing/index.ts': `${definition}import { hail } from 'nobody';\nexport { hail };\n`,
  });
  const findings: readonly Finding[] = await build({
    sources: [join(folder, 'plugins')],
    outDir: join(folder, 'out'),
    ...quick,
  }).then(
    () => [],
    (error: { findings: readonly Finding[] }) => error.findings,
  );
  const of = (plugin: string) => findings.find((one) => one.plugin === plugin);
  expect(of('glob')).toMatchObject({ rule: 'bundle', line: 3, remedy: expect.stringContaining('.ts') });
  expect(of('bare')).toMatchObject({
    rule: 'bundle',
    line: 3,
    remedy: expect.stringContaining('sideEffects'),
  });
  expect(of('missing')).toMatchObject({
    rule: 'bundle',
    remedy: expect.stringContaining('--external nobody'),
  });
  expect(findings).toHaveLength(3);
});

test('a file that is no module, but is imported, is a finding that says how to read it', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, {
    'plugins/herald/index.ts': `${definition}/* ß */ import page from './page.html';\nexport { page };\n`,
    'plugins/herald/page.html': '<p>Hail',
    'plugins/packed/index.ts': `${definition}import page from 'pages';\nexport { page };\n`,
    'node_modules/pages/package.json': '{ "main": "page.html" }',
    'node_modules/pages/page.html': '<p>Hail',
  });
  const sources = [join(folder, 'plugins')];
  const { findings } = (await build({ sources, outDir: join(folder, 'out'), ...quick }).catch(
    (error: unknown) => error,
  )) as { findings: readonly Finding[] };
  const remedies = findings.map(({ plugin, column, endColumn, remedy }) => ({
    plugin,
    columns: [column, endColumn],
    remedy,
  }));
  expect(remedies).toEqual([
    {
      plugin: 'herald',
      columns: [26, 39],
      remedy: expect.stringContaining(`readFileSync(new URL('./page.html', import.meta.url))`) as string,
    },
    { plugin: 'packed', columns: [18, 25], remedy: '' },
  ]);
});

test("when esbuild's process dies, the next build starts another one", async () => {
  const folder = await tempFolder();
  const file = join(folder, 'plugins/herald/index.ts');
  await writeFiles(folder, { 'plugins/herald/index.ts': definition });
  const session = new BuildSession({
    sources: [join(folder, 'plugins')],
    outDir: join(folder, 'out'),
    ...quick,
  });
  onTestFinished(() => session.close());
  await session.build();
  for (const pid of await childrenWith('--service=')) process.kill(pid, 'SIGKILL');
  await writeFile(file, `${definition}export const edited = true;\n`);
  await expect(session.rebuild([file])).resolves.toMatchObject([{ state: 'built' }]);
});

test('a file that is not in UTF-8 is a finding where that shows', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, { 'plugins/latin/index.ts': definition, 'plugins/wide/index.ts': definition });
  await writeFile(
    join(folder, 'plugins/latin/hail.ts'),
    Buffer.from(`export const hail = 1;\nexport const name = 'Bj\u00f6rn';\n`, 'latin1'),
  );
  await writeFile(
    join(folder, 'plugins/wide/hail.ts'),
    Buffer.from(`\uFEFFexport const hail = 1;\n`, 'utf16le'),
  );
  await expect(
    build({ sources: [join(folder, 'plugins')], outDir: join(folder, 'out'), ...quick }),
  ).rejects.toMatchObject({
    findings: [
      { plugin: 'latin', line: 2, column: 24, remedy: 'Save it in UTF-8.' },
      { plugin: 'wide', problem: 'This file is in UTF-16.' },
    ],
  });
});
