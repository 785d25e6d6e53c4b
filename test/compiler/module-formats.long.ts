import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { build, check, type Finding } from '../../lib/compiler/index.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles, type Files } from '../helpers/write-plugins.js';

const definition = `import { definePlugin } from 'liveswap/plugin';\nexport default definePlugin({});\n`;

const packages = {
  'node_modules/flute/package.json': JSON.stringify({
    name: 'flute',
    type: 'module',
    exports: { '.': { import: { types: './flute.d.ts', default: './flute.js' } } },
  }),
  'node_modules/flute/flute.d.ts': 'export declare const tune: string;',
  'node_modules/flute/flute.js': `export const tune = 'toot';`,
  'node_modules/lute/package.json': JSON.stringify({
    name: 'lute',
    exports: {
      '.': {
        import: { types: './lute.d.mts', default: './lute.mjs' },
        require: { types: './lute.d.ts', default: './lute.js' },
      },
    },
  }),
  'node_modules/lute/lute.d.mts': 'export declare const strings: 8;',
  'node_modules/lute/lute.d.ts': 'export declare const pipes: 3;',
  'node_modules/drum/package.json': JSON.stringify({ name: 'drum', main: 'drum.js', types: 'drum.d.ts' }),
  'node_modules/drum/drum.js': 'module.exports = class Drum {};',
  'node_modules/drum/drum.d.ts':
    'declare class Drum { beats: number }\ndeclare namespace Drum { interface Roll { length: number } }\nexport = Drum;',
};

const use = `${definition}
import { tune } from 'flute';
import { strings } from 'lute';
import { Drum } from './drums.js';
const roll: Drum.Roll = { length: strings };
const rolls = await Promise.resolve([roll]);
export async function live_play(): Promise<string[]> { return [tune, String(rolls.length), String(new Drum().beats), import.meta.url]; }
`;

async function findingsUnder(
  compilerOptions: object,
  type: string | undefined,
  more: Files = {},
): Promise<readonly Finding[]> {
  const folder = await tempFolder();
  await writeFiles(folder, {
    ...packages,
    'package.json': JSON.stringify(type ? { type } : {}),
    'tsconfig.json': JSON.stringify({
      compilerOptions: { strict: true, noUnusedLocals: true, types: [], ...compilerOptions },
    }),
    'plugins/herald/index.ts': use,
    'plugins/herald/drums.ts': `export { default as Drum } from 'drum';\n`,
    ...more,
  });
  return check({ sources: [join(folder, 'plugins')], rules: false }).then(
    () => [],
    (error: { findings: readonly Finding[] }) => error.findings,
  );
}

test.each([
  ['nodenext', 'module'],
  ['nodenext', 'commonjs'],
  ['node16', undefined],
  ['node20', 'module'],
])(
  'module %s in a package of type %s takes what is for ES modules, as the artifact does',
  async (module, type) => {
    await expect(findingsUnder({ module, esModuleInterop: true }, type)).resolves.toEqual([]);
  },
);

test('await at the top level and import.meta are no faults where module is commonjs', async () => {
  const findings = await findingsUnder(
    { module: 'commonjs', moduleResolution: 'bundler', esModuleInterop: true, target: 'es2022' },
    undefined,
    {
      'plugins/herald/index.ts': `${definition}export const here = await Promise.resolve(import.meta.url);\n`,
    },
  );
  expect(findings).toEqual([]);
});

const onlyInModules = `${definition}import type { tune } from 'flute';
import ballad from './ballad.json' with { type: 'json' };
await using closing = { async [Symbol.asyncDispose]() {} };
for await (const verse of [ballad.verses, closing]) void verse;
export type Strings = typeof import('flute', { with: { 'resolution-mode': 'import' } }).tune;
export type Tune = typeof tune | typeof import('flute').tune;
export const live_recite = async (): Promise<number> =>
  (await import('./ballad.json', { with: { type: 'json' } })).default.verses;
export { pi as tau } from './numbers.js';
export * from './numbers.js';
`;

test.each([
  [{ module: 'nodenext', verbatimModuleSyntax: true }],
  [{ module: 'node16', verbatimModuleSyntax: true }],
  [{ module: 'node16' }],
  [{ module: 'commonjs', moduleResolution: 'bundler', verbatimModuleSyntax: true }],
  [{ module: 'commonjs', moduleResolution: 'bundler' }],
])(
  'what only a CommonJS file must not have is no fault in a plugin of a package without type: %o',
  async (options) => {
    const findings = await findingsUnder(
      { target: 'esnext', resolveJsonModule: true, esModuleInterop: true, ...options },
      undefined,
      {
        'plugins/herald/index.ts': onlyInModules,
        'plugins/herald/numbers.ts': `export const pi = 3;\nexport class Sum {}\n`,
        'plugins/herald/ballad.json': '{ "verses": 4 }',
      },
    );
    expect(findings.map(({ line, problem }) => `${line}: ${problem}`)).toEqual([]);
  },
);

test('of a tsconfig.json that only names projects, the one with the plugin counts', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, {
    'tsconfig.json': JSON.stringify({
      files: [],
      references: [{ path: './tools' }, { path: './tsconfig.app.json' }],
    }),
    'tools/tsconfig.json': JSON.stringify({
      compilerOptions: { strict: true, composite: true },
      include: ['*.ts'],
    }),
    'tools/tool.ts': 'export {};',
    'tsconfig.app.json': JSON.stringify({
      compilerOptions: {
        strict: false,
        composite: true,
        module: 'esnext',
        moduleResolution: 'bundler',
        types: [],
      },
      include: ['plugins'],
    }),
    'plugins/herald/index.ts': `${definition}export const lengthOf = (song) => song.length;\n`,
  });
  await expect(
    build({ sources: [join(folder, 'plugins')], outDir: join(folder, 'out'), rules: false }),
  ).resolves.toMatchObject({ plugins: [{ state: 'built' }] });
});

test('an artifact is compiled as the project says to which tsconfig.json only refers', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, {
    'tsconfig.json': JSON.stringify({
      files: [],
      include: [],
      references: [{ path: './tsconfig.app.json' }],
    }),
    'tsconfig.app.json': JSON.stringify({
      compilerOptions: {
        composite: true,
        module: 'esnext',
        moduleResolution: 'bundler',
        types: [],
        jsx: 'react',
        jsxFactory: 'brick',
        experimentalDecorators: true,
        paths: { '~/*': ['./shared/*'] },
      },
      include: ['plugins', 'shared'],
    }),
    'shared/hall.ts': `export const hall = 'north';`,
    'plugins/herald/index.ts': `${definition}export * from './song.js';\n`,
    'plugins/herald/song.tsx': `
      import { hall } from '~/hall';
      declare global { namespace JSX { interface IntrinsicElements { gate: object } } }
      const brick = (name: string) => name;
      const names: string[] = [];
      // Decorators of the standard are given the method first.
      const noted = (_target: object, name: string, _method: object) => void names.push(name);
      class Bard { @noted sing() {} }
      export async function live_song() { return [hall, <gate />, ...names, typeof Bard]; }`,
  });
  const live = await liveFunctionsIn(folder);
  await expect(live['live_song']?.()).resolves.toEqual(['north', 'gate', 'sing', 'function']);
});

test('the conditions of a tsconfig.json choose the code of a package as they choose its types', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, {
    'tsconfig.json': JSON.stringify({
      compilerOptions: { module: 'nodenext', target: 'es2022', types: [], customConditions: ['sources'] },
    }),
    'package.json': JSON.stringify({ type: 'module' }),
    'node_modules/flute/package.json': JSON.stringify({
      name: 'flute',
      type: 'module',
      exports: { sources: './flute.ts', types: './dist/flute.d.ts', module: './dist/flute.js' },
    }),
    'node_modules/flute/flute.ts': `export const tune: string = 'toot';`,
    'node_modules/lute/package.json': JSON.stringify({
      name: 'lute',
      exports: { types: './lute.d.ts', module: './lute.mjs', default: './lute.cjs' },
    }),
    'node_modules/lute/lute.d.ts': 'export declare const chord: string;',
    'node_modules/lute/lute.mjs': `export const chord = 'module';`,
    'node_modules/lute/lute.cjs': `exports.chord = 'default';`,
    'plugins/herald/index.ts': `${definition}
      import { chord } from 'lute';
      import { tune } from 'flute';
      export async function live_song() { return [tune, chord]; }`,
  });
  const live = await liveFunctionsIn(folder);
  await expect(live['live_song']?.()).resolves.toEqual(['toot', 'module']);
});

test('a .cts file is CommonJS for those who import it, as in Node, and in its types', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, {
    'tsconfig.json': JSON.stringify({
      compilerOptions: {
        module: 'nodenext',
        target: 'es2022',
        types: [],
        experimentalDecorators: true,
        useDefineForClassFields: false,
      },
    }),
    'package.json': JSON.stringify({ type: 'module' }),
    'node_modules/lute/package.json': JSON.stringify({
      name: 'lute',
      exports: { types: './lute.d.ts', import: './lute.mjs', require: './lute.cjs' },
    }),
    'node_modules/lute/lute.d.ts': 'export declare const chord: string;',
    'node_modules/lute/lute.mjs': `export const chord = 'of the module';`,
    'node_modules/lute/lute.cjs': `exports.chord = 'of CommonJS';`,
    'plugins/herald/strings.cts': `import { chord } from 'lute';
      function named(target: object, key: string): void { names.push(key, typeof target); }
      const names: string[] = [];
      class Strings { constructor(readonly count: number) {} half = this.count / 2; @named pluck(): void {} }
      export default new Strings(8).half;
      declare const __dirname: string;
      export const found = [chord, ...names, typeof __dirname];`,
    'plugins/herald/tunes.cts': `import strings = require('./strings.cjs');
      export * from './strings.cjs';
      export const four: number = strings.default;`,
    'plugins/herald/index.ts': `${definition}
      import strings from './strings.cjs';
      import tunes, { four, found } from './tunes.cjs';
      export async function live_song(): Promise<unknown[]> {
        const later = await import('./strings.cjs');
        return [strings.default, tunes.four, four, found, later.default.default];
      }`,
  });
  const live = await liveFunctionsIn(folder);
  const found = ['of CommonJS', 'pluck', 'object', 'string'];
  await expect(live['live_song']?.()).resolves.toEqual([4, 4, 4, found, 4]);
});

/** Builds the plugin of a folder; resolves to its live functions. */
async function liveFunctionsIn(folder: string): Promise<Record<string, () => Promise<unknown>>> {
  const sources = [join(folder, 'plugins')];
  const { plugins } = await build({ sources, outDir: join(folder, 'out'), rules: false });
  const module = (await import(pathToFileURL(plugins[0]?.artifact.file ?? '').href)) as {
    liveFunctions: Record<string, () => Promise<unknown>>;
  };
  return module.liveFunctions;
}
