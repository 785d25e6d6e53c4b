import { mkdir, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { build, check, type Finding } from '../../../lib/compiler/index.js';
import { noCrossImports } from '../../../lib/compiler/rules/no-cross-imports/no-cross-imports.js';
import { checkRule } from '../../helpers/check-rule.js';
import { testRulePage } from '../../helpers/rule-page.js';
import { tempFolder } from '../../helpers/temp-folder.js';
import { writeFiles, type Files } from '../../helpers/write-plugins.js';

const definition = `import { definePlugin } from 'liveswap/plugin';\nexport default definePlugin({});\n`;

/** What lies around the plugin `guardian`, whose files these are. */
const around: Files = {
  '../armory/index.ts': `${definition}export interface ArmoryApi { sword(): string }\nexport class Sword { length = 1 }\nexport const swords: Sword[] = [];\nexport type { Shield } from './shield.js';`,
  '../armory/shield.ts': `export interface Shield { size: number }\nexport enum Metal { Iron, Steel }\nexport const enum Rank { Page, Knight }`,
  '../armory/types.ts': `export interface Axe { weight: number }\nexport type Edge = 'sharp' | 'blunt';`,
  '../armory/stock.json': `{ "swords": 3 }`,
  '../../host/main.ts': `import { Swapper } from 'liveswap';\nimport { sessions } from './sessions.js';\nexport const known = sessions;\nexport const swapper: unknown = Swapper;\nexport interface Hall { name: string }`,
  '../../host/sessions.ts': `export const sessions = new Map<string, number>();\nexport type SessionId = string;`,
  '../../shared/words.ts': `export const hail = (name: string) => \`Hail \${name}\`;\nexport interface Word { text: string }`,
  '../../shared/bridge.ts': `export { swords } from '../plugins/armory/index.js';`,
  '../../shared/deep.ts': `import { swords } from './bridge.js';\nexport const count = () => swords.length;`,
  '../../shared/typed.ts': `import type { Sword } from '../plugins/armory/index.js';\nimport { Swapper } from 'liveswap';\nexport const measure = (sword: Sword, of?: Swapper) => [sword.length, of];`,
  '../../shared/gate.ts': `import { swapper } from '../host/main.js';\nexport const gate = () => swapper;`,
  '../../shared/circle.ts': `import { round } from './round.js';\nexport const circle = () => round;`,
  '../../shared/round.ts': `import { circle } from './circle.js';\nexport const round = () => circle;`,
  '../../shared/plugin-words.ts': `import { context } from 'liveswap/plugin';\nexport const here = () => context.plugin;`,
};

/** Where the rule finds something in these files of the plugin; what they import outside is {@link around}. */
function findings(source: string, more: Files = {}): string[] {
  const sources = { 'index.ts': source, ...more, ...around };
  return checkRule(noCrossImports, sources, { typecheck: false }).map(({ at }) => at);
}

describe('no-cross-imports refuses', () => {
  it.each<[string, string, string?, Files?]>([
    [
      'a value of another plugin',
      `import { swords } from '../armory/index.js';\nexport const count = () => swords.length;`,
    ],
    ['another plugin for what it does', `import '../armory/index.js';`],
    ['an empty import of another plugin', `import {} from '../armory/index.js';`],
    [
      'another plugin as its default',
      `import armory from '../armory/index.js';\nexport const has = () => armory;`,
    ],
    [
      'another plugin as a namespace',
      `import * as armory from '../armory/index.js';\nexport const count = () => armory.swords.length;`,
    ],
    [
      'a value among types',
      `import { type ArmoryApi, swords } from '../armory/index.js';\nexport const count = (): ArmoryApi | number => swords.length;`,
    ],
    [
      'a class of another plugin that is made',
      `import { Sword } from '../armory/index.js';\nexport const forge = () => new Sword();`,
    ],
    [
      'a class that is extended',
      `import { Sword } from '../armory/index.js';\nexport class Long extends Sword {}`,
    ],
    [
      'a class that is compared with',
      `import { Sword } from '../armory/index.js';\nexport const is = (it: unknown) => it instanceof Sword;`,
    ],
    [
      'an enum of another plugin',
      `import { Metal } from '../armory/shield.js';\nexport const metal = Metal.Iron;`,
    ],
    [
      'a constant enum of another plugin',
      `import { Rank } from '../armory/shield.js';\nexport const rank = Rank.Page;`,
    ],
    [
      'a value put in a shorthand property',
      `import { swords } from '../armory/index.js';\nexport const stock = () => ({ swords });`,
    ],
    ['a value that is exported again', `import { swords } from '../armory/index.js';\nexport { swords };`],
    ['a value re-exported from there', `export { swords } from '../armory/index.js';`],
    [
      'a value re-exported under another name',
      `export { swords as blades, type ArmoryApi } from '../armory/index.js';`,
    ],
    ['everything re-exported', `export * from '../armory/index.js';`],
    ['a namespace re-exported', `export * as armory from '../armory/index.js';`],
    ['the default re-exported', `export { default } from '../armory/index.js';`],
    ['import() of another plugin', `export const load = () => import('../armory/index.js');`],
    ['import() of a template without gaps', 'export const load = () => import(`../armory/index.js`);'],
    [
      'import() of a constant',
      `const path = '../armory/index.js';\nexport const load = () => import(path);`,
      'index.ts:2',
    ],
    [
      'import() of one of two',
      `export const load = (own: boolean) => import(own ? './own.js' : '../armory/index.js');`,
    ],
    ['import() that is put together', 'export const load = (name: string) => import(`../${name}/index.js`);'],
    [
      'import() that is added up',
      `export const load = (name: string) => import('../armory/' + name + '.js');`,
    ],
    [
      'import() of a URL',
      `export const load = () => import(new URL('../armory/index.js', import.meta.url).href);`,
    ],
    [
      'import() of a joined path',
      `import { basename, join } from 'node:path';\nexport const load = () => import(join(import.meta.dirname, '..', 'armory', 'index.js'));`,
      'index.ts:2',
    ],
    ['require', `export const load = () => require('../armory/index.js');`],
    [
      'import = require()',
      `import armory = require('../armory/index.js');\nexport const count = () => armory.swords;`,
    ],
    [
      'a made require',
      `import { createRequire } from 'node:module';\nconst load = createRequire(import.meta.url);\nexport const armory = () => load('../armory/index.js');`,
      'index.ts:3',
    ],
    [
      'a made require that is called at once',
      `import * as module from 'node:module';\nexport const armory = () => module.createRequire(import.meta.url)('../armory/index.js');`,
      'index.ts:2',
    ],
    [
      'a require made to start from another plugin',
      `import { createRequire } from 'node:module';\nconst load = createRequire(new URL('../armory/index.js', import.meta.url));\nexport const shield = () => load('./shield.js');`,
      'index.ts:3',
    ],
    [
      'data of another plugin',
      `import stock from '../armory/stock.json' with { type: 'json' };\nexport const swords = stock.swords;`,
    ],
    [
      'another plugin from a file deeper down',
      `export {};`,
      'jobs/count.ts:1',
      {
        'jobs/count.ts': `import { swords } from '../../armory/index.js';\nexport const count = () => swords.length;`,
      },
    ],
    [
      'another plugin through a shared file',
      `import { swords } from '../../shared/bridge.js';\nexport const count = () => swords.length;`,
    ],
    [
      'another plugin through two shared files',
      `import { count } from '../../shared/deep.js';\nexport const total = () => count();`,
    ],
    [
      'a file that imports liveswap',
      `import { swapper } from '../../host/main.js';\nexport const host = () => swapper;`,
    ],
    [
      'a file that one beside it imports with liveswap',
      `import { sessions } from '../../host/sessions.js';\nexport const count = () => sessions.size;`,
    ],
    [
      'the host through a shared file',
      `import { gate } from '../../shared/gate.js';\nexport const open = () => gate();`,
    ],
    ['import() of the host', `export const host = async () => (await import('../../host/main.js')).swapper;`],
    [
      'liveswap itself',
      `import { Swapper } from 'liveswap';\nexport const swap = () => new Swapper('plugins');`,
    ],
    ['the builder', `import { build } from 'liveswap/build';\nexport const make = () => build;`],
    ['the watcher, when it is needed', `export const watch = () => import('liveswap/watch');`],
    [
      'the files of liveswap by their path',
      `import { LiveswapError } from '../../lib/core/errors.js';\nexport const fail = () => new LiveswapError('CLOSED', 'Closed.');`,
    ],
  ])('%s', (_title, source, expected = 'index.ts:1', more = {}) => {
    expect(findings(source, more)).toEqual([expected]);
  });

  it('a path alias, a package of the workspace, a link in the plugin, and plugins that are not built in the same call', async () => {
    const folder = await tempFolder();
    await writeFiles(folder, {
      'tsconfig.json': JSON.stringify({
        compilerOptions: {
          module: 'nodenext',
          strict: true,
          target: 'es2023',
          types: [],
          paths: { '#plugins/*': ['./plugins/*'] },
        },
      }),
      'package.json': `{ "name": "hall", "type": "module" }`,
      'plugins/armory/index.ts': `${definition}export const swords = 3;\n`,
      'plugins/armory/package.json': `{ "name": "@hall/armory", "type": "module", "exports": "./index.ts" }`,
      'plugins/guardian/index.ts': definition,
      'plugins/guardian/alias.ts': `import { swords } from '#plugins/armory/index.js';\nexport const count = swords;\n`,
      'plugins/guardian/package.ts': `import { swords } from '@hall/armory';\nexport const count = swords;\n`,
      'plugins/guardian/link.ts': `import { swords } from './borrowed/index.js';\nexport const count = swords;\n`,
    });
    await mkdir(join(folder, 'node_modules/@hall'), { recursive: true });
    await symlink(join(folder, 'plugins/armory'), join(folder, 'node_modules/@hall/armory'));
    await symlink(join(folder, 'plugins/armory'), join(folder, 'plugins/guardian/borrowed'));
    const found = async (sources: string[]) => {
      const error: unknown = await check({ sources }).catch((error: unknown) => error);
      const { findings } = error as { findings: readonly Finding[] };
      return findings.map(
        ({ rule, file, line, problem }) =>
          `${file.slice(folder.length)}:${line} ${rule === 'no-cross-imports' ? rule : problem}`,
      );
    };
    const expected = ['alias', 'link', 'package'].map(
      (name) => `/plugins/guardian/${name}.ts:1 no-cross-imports`,
    );
    expect(await found([join(folder, 'plugins')])).toEqual(expected);
    expect(await found([join(folder, 'plugins/guardian')])).toEqual(expected);
  });

  it('what is used as a type only, where the compiler keeps such imports', async () => {
    const folder = await tempFolder();
    await writeFiles(folder, {
      'tsconfig.json': `{ "compilerOptions": { "module": "esnext", "moduleResolution": "bundler", "verbatimModuleSyntax": true, "types": [] } }`,
      'plugins/armory/index.ts': `${definition}export class Sword { length = 1 }\n`,
      'plugins/guardian/index.ts': `${definition}import { Sword } from '../armory/index.js';\nexport type Blade = Sword;\n`,
      'plugins/guardian/blade.ts': `import { type Sword } from '../armory/index.js';\nexport type Blade = Sword;\n`,
      'plugins/guardian/edge.ts': `export { type Sword } from '../armory/index.js';\n`,
      'plugins/guardian/hilt.ts': `import type { Sword } from '../armory/index.js';\nexport type { Sword };\n`,
    });
    const error: unknown = await check({ sources: [join(folder, 'plugins')] }).catch(
      (error: unknown) => error,
    );
    const { findings } = error as { findings: readonly Finding[] };
    const marked = expect.stringContaining('Write `import type { … }`') as string;
    expect(
      findings.map(({ rule, file, line, remedy }) => [rule, `${basename(file)}:${line}`, remedy]),
    ).toEqual([
      ['no-cross-imports', 'index.ts:3', expect.stringContaining("importPlugin('armory')")],
      ['no-cross-imports', 'blade.ts:1', marked],
      ['no-cross-imports', 'edge.ts:1', marked],
    ]);
  });

  it('what the bundler takes in for a name that turns out to be a type, unless a comment allows it', async () => {
    const folder = await tempFolder();
    const reexport = `export { ArmoryApi } from '../plugins/armory/index.js';\n`;
    await writeFiles(folder, {
      'package.json': `{ "type": "module" }`,
      'tsconfig.json': `{ "compilerOptions": { "module": "esnext", "moduleResolution": "bundler", "types": [] } }`,
      'shared/api.ts': reexport,
      'plugins/armory/index.ts': `${definition}export interface ArmoryApi { sword(): string }\nexport type * from './types.js';\n`,
      'plugins/armory/types.ts': `export interface Axe { weight: number }\n`,
      'plugins/guardian/index.ts': `${definition}export { ArmoryApi } from '../armory/index.js';\n`,
      'plugins/guardian/shared.ts': `import * as api from '../../shared/api.js';\nexport const live_api = async () => Object.keys(api);\n`,
      'plugins/guardian/axe.ts': `export { Axe } from '../armory/types.js';\nexport const live_axe = async () => 1;\n`,
      'plugins/herald/index.ts': `${definition}// liveswap-ignore no-cross-imports: it has no state\nimport { swords } from '../smithy/index.js';\nexport const live_count = async () => swords;\n`,
      'plugins/smithy/index.ts': `${definition}export const swords = 3;\n`,
    });
    const sources = [join(folder, 'plugins')];
    const error: unknown = await build({ sources, outDir: join(folder, 'out') }).catch(
      (error: unknown) => error,
    );
    const { findings } = error as { findings: readonly Finding[] };
    expect(findings.map(({ rule, file, line }) => `${file.slice(folder.length)}:${line} ${rule}`)).toEqual([
      '/plugins/guardian/index.ts:3 no-cross-imports',
      '/plugins/guardian/shared.ts:1 no-cross-imports',
    ]);
    expect(findings[0]?.remedy).toContain('export type { … }');
    expect(findings[1]?.problem).toContain('../../shared/api.ts -> ../armory/index.ts');
  });

  it('with the plugin and the way to it', () => {
    const [finding] = checkRule(
      noCrossImports,
      { 'index.ts': `import { count } from '../../shared/deep.js';\ncount();`, ...around },
      { typecheck: false },
    );
    expect(finding).toMatchObject({
      code: `'../../shared/deep.js'`,
      problem:
        'This imports code of plugin armory (../../shared/deep.ts -> ../../shared/bridge.ts -> ../armory/index.ts): the copy that is built in does not change when armory does.',
    });
    expect(finding?.remedy).toContain(`importPlugin('armory')`);
  });
});

describe('no-cross-imports accepts', () => {
  it.each<[string, string, Files?]>([
    [
      'types of another plugin',
      `import type { ArmoryApi } from '../armory/index.js';\nexport type Api = ArmoryApi;`,
    ],
    [
      'types marked one by one',
      `import { type ArmoryApi, type Sword } from '../armory/index.js';\nexport const of = (it: ArmoryApi & Sword) => it;`,
    ],
    [
      'a type that is not marked',
      `import { ArmoryApi } from '../armory/index.js';\nexport const of = (it: ArmoryApi) => it;`,
    ],
    [
      'a class that is used as a type only',
      `import { Sword } from '../armory/index.js';\nexport const of = (it: Sword): Sword[] => [it];`,
    ],
    [
      'a class that is implemented',
      `import { Sword } from '../armory/index.js';\nexport class Long implements Sword { length = 2; }`,
    ],
    [
      'a value that only typeof asks for',
      `import armory, { swords } from '../armory/index.js';\nexport type Armory = typeof armory;\nexport type Swords = typeof swords;`,
    ],
    [
      'a namespace of types',
      `import * as armory from '../armory/index.js';\nexport const of = (it: armory.Sword) => it;`,
    ],
    [
      'a name that something else shadows',
      `import { swords } from '../armory/index.js';\nexport const count = (swords: string[]) => swords.length;\nexport type Swords = typeof swords;`,
    ],
    [
      'a property of the same name',
      `import { Sword } from '../armory/index.js';\nexport const of = (it: { Sword: Sword }) => it.Sword;`,
    ],
    [
      'types re-exported',
      `export type { ArmoryApi } from '../armory/index.js';\nexport { type Sword } from '../armory/index.js';\nexport type * from '../armory/index.js';`,
    ],
    ['a type re-exported without saying so', `export { ArmoryApi } from '../armory/index.js';`],
    ['everything of a file of types', `export * from '../armory/types.js';`],
    [
      'an imported type that is exported',
      `import { Sword } from '../armory/index.js';\nexport type { Sword };`,
    ],
    [
      'import types',
      `export type Sword = import('../armory/index.js').Sword;\nexport type Armory = typeof import('../armory/index.js');`,
    ],
    [
      'type-only import = require()',
      `import type armory = require('../armory/index.js');\nexport type Armory = typeof armory;`,
    ],
    [
      'types of the host',
      `import type { Hall } from '../../host/main.js';\nimport type { Swapper } from 'liveswap';\nexport const of = (hall: Hall, swapper: Swapper) => [hall, swapper];`,
    ],
    [
      'a shared file',
      `import { hail, type Word } from '../../shared/words.js';\nexport const say = (word: Word) => hail(word.text);`,
    ],
    [
      'a shared file that uses types of a plugin and of liveswap',
      `import { measure } from '../../shared/typed.js';\nexport { measure };`,
    ],
    ['shared files in a circle', `import { circle } from '../../shared/circle.js';\nexport { circle };`],
    [
      'a shared file that uses liveswap/plugin',
      `import { here } from '../../shared/plugin-words.js';\nexport { here };`,
    ],
    [
      'own files, in every way',
      `import './own.js';\nimport { own } from './own.js';\nexport * from './own.js';\nexport const load = () => [own, import('./own.js'), require('./own.js')];`,
      { 'own.ts': 'export const own = 1;' },
    ],
    [
      'own files that come back through the folder above',
      `import { own } from '../guardian/own.js';\nexport { own };`,
      { 'own.ts': 'export const own = 1;' },
    ],
    [
      'own files whose names are put together',
      'export const load = (name: string) => import(`./jobs/${name}.js`);',
    ],
    [
      'modules of Node',
      `import { basename, join } from 'node:path';\nimport fs from 'fs';\nexport const here = () => [join('a'), fs, import('node:os')];`,
    ],
    [
      'packages',
      `import { Piscina } from 'piscina';\nexport const pool = () => new Piscina();\nexport const wrap = () => import('comlink');`,
    ],
    [
      'liveswap/plugin',
      `import { context, importPlugin } from 'liveswap/plugin';\nexport const armory = importPlugin<{ sword(): string }>('armory');\nexport const here = () => context.plugin;`,
    ],
    [
      'a function of one’s own named require',
      `const require = (name: string) => name;\nexport const hall = require('../armory/index.js');`,
    ],
    [
      'paths that are only text',
      `export const path = '../armory/index.js';\nexport const resolved = () => new URL('../armory/index.js', import.meta.url);`,
    ],
    [
      'a made require for a package',
      `import { createRequire } from 'node:module';\nconst load = createRequire(import.meta.url);\nexport const pool = () => load('piscina');`,
    ],
  ])('%s', (_title, source, more = {}) => {
    expect(findings(source, more)).toEqual([]);
  });
});

testRulePage(noCrossImports);
