import { join } from 'node:path';
import { expect, test } from 'vitest';
import { check, type Finding } from '../../lib/compiler/index.js';
import { isLiveswapError } from '../../lib/core/errors.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles, writePlugins, type Files } from '../helpers/write-plugins.js';

const definition = `import { definePlugin } from 'liveswap/plugin';\nexport default definePlugin({});\n`;

/** Resolves to the findings in a plugin of these files; `around` is written beside the folder of the plugins. */
async function findingsIn(files: Files, around: Files = {}): Promise<readonly Finding[]> {
  const folder = await tempFolder();
  await writeFiles(folder, around);
  const sources = await writePlugins(join(folder, 'plugins'), {
    herald: { 'index.ts': definition, ...files },
  });
  try {
    await check({ sources });
    return [];
  } catch (error) {
    if (!isLiveswapError(error, 'BUILD_FAILED')) throw error;
    return error['findings'] as Finding[];
  }
}

const problems = (findings: readonly Finding[]) => findings.map(({ problem }) => problem);

test('a type error is a finding that says where it begins and ends', async () => {
  const findings = await findingsIn({ 'song.ts': `export const length: number =\n  'long';\n` });
  expect(findings).toEqual([
    {
      rule: 'types',
      plugin: 'herald',
      file: expect.stringMatching(/herald\/song\.ts$/),
      line: 1,
      column: 14,
      endLine: 1,
      endColumn: 20,
      problem: "Type 'string' is not assignable to type 'number'. (TS2322)",
      remedy: '',
      excerpt: { first: 1, lines: ['export const length: number =', "  'long';"] },
    },
  ]);
});

test('a syntax error is found, and not what follows from it', async () => {
  const findings = await findingsIn({ 'song.ts': `export const tune = ;\nexport const n: number = 'x';\n` });
  expect(problems(findings)).toEqual(['Expression expected. (TS1109)']);
});

test('without a tsconfig.json the checker is strict, and knows Node', async () => {
  const findings = await findingsIn({
    'song.ts': `
      import { readFile } from 'node:fs/promises';
      export const read = (path) => readFile(path);
      export const where = [process.cwd(), Buffer.from(''), new AbortController().signal, structuredClone(1)];
      await Promise.resolve();
    `,
  });
  expect(problems(findings)).toEqual(["Parameter 'path' implicitly has an 'any' type. (TS7006)"]);
});

test('a tsconfig.json that says nothing of types leaves Node known, one that wants none does not', async () => {
  const files = { 'song.ts': `export const where = process.cwd();` };
  const config = (types: object) =>
    JSON.stringify({ compilerOptions: { module: 'esnext', moduleResolution: 'bundler', ...types } });
  await expect(findingsIn(files, { 'tsconfig.json': config({}) })).resolves.toEqual([]);
  const findings = await findingsIn(files, { 'tsconfig.json': config({ types: [] }) });
  expect(problems(findings)).toEqual([expect.stringContaining(`Cannot find name 'process'`)]);
});

test('where the types of Node are missing, each of its names is answered with how to have them, and no other', async () => {
  const findings = await findingsIn(
    {
      'song.ts': `console.log();\nsetTimeout(() => {}, 1);\nprocess.pid;\nfetch('x');\ndocument;\nsinger;\n`,
    },
    { 'tsconfig.json': JSON.stringify({ compilerOptions: { lib: ['es2023'], types: [] } }) },
  );
  const types = findings.filter(({ rule }) => rule === 'types');
  expect(
    types.map(({ problem, remedy }) => [problem, remedy.includes('npm install --save-dev @types/node')]),
  ).toEqual([
    ["Cannot find name 'console'. (TS2584)", true],
    ["Cannot find name 'setTimeout'. (TS2304)", true],
    [expect.stringContaining("Cannot find name 'process'. (TS"), true],
    ["Cannot find name 'fetch'. (TS2304)", true],
    [expect.stringContaining("include 'dom'"), false],
    ["Cannot find name 'singer'. (TS2304)", false],
  ]);
});

test("the plugin's own tsconfig.json counts: strictness, paths, ambient declarations", async () => {
  const findings = await findingsIn(
    {
      'song.ts': `
        import { tune } from '@songs/tune';
        export const sing = (voice) => tune + voice + CHORUS;
        export const first: string = [tune][0];
      `,
    },
    {
      'tsconfig.json': `{
        // comments are fine
        "compilerOptions": {
          "strict": false, "noUncheckedIndexedAccess": true, "strictNullChecks": true,
          "module": "esnext", "moduleResolution": "bundler", "target": "es2023",
          "paths": { "@songs/*": ["./shared/songs/*"] }, "rootDir": "elsewhere", "composite": true, "outDir": "x"
        },
        "include": ["types"]
      }`,
      'types/chorus.d.ts': `declare const CHORUS: string;`,
      'shared/songs/tune.ts': `export const tune = 'la';`,
    },
  );
  expect(problems(findings)).toEqual([
    "Type 'string | undefined' is not assignable to type 'string'.\n  Type 'undefined' is not assignable to type 'string'. (TS2322)",
  ]);
});

test('global declarations in a source file of the app are known, though no plugin imports it', async () => {
  const findings = await findingsIn(
    { 'song.ts': `export const sing = (): number => HALL + roof;` },
    {
      'tsconfig.json': JSON.stringify({
        compilerOptions: { strict: true, module: 'esnext', moduleResolution: 'bundler' },
        include: ['src', 'plugins'],
      }),
      'src/hall.ts': `export const here = 1;\ndeclare global { var HALL: string; }`,
      'src/roof.ts': `const roof = 'high';`,
    },
  );
  expect(problems(findings)).toEqual(["Type 'string' is not assignable to type 'number'. (TS2322)"]);
});

test('the nearest tsconfig.json counts, and what it extends', async () => {
  const findings = await findingsIn(
    {
      'tsconfig.json': JSON.stringify({ extends: '../../base.json', compilerOptions: { strict: false } }),
      'song.ts': `export function sing(voice) { return 1; return voice; }`,
    },
    {
      'tsconfig.json': JSON.stringify({ compilerOptions: { strict: true } }),
      'base.json': JSON.stringify({
        compilerOptions: { allowUnreachableCode: false, module: 'esnext', moduleResolution: 'bundler' },
      }),
    },
  );
  expect(problems(findings)).toEqual(['Unreachable code detected. (TS7027)']);
});

test('a plugin in a project with "module": "nodenext" imports liveswap/plugin', async () => {
  const config = {
    compilerOptions: { strict: true, module: 'nodenext', target: 'es2023', verbatimModuleSyntax: true },
  };
  const around = {
    'tsconfig.json': JSON.stringify(config),
    'package.json': JSON.stringify({ type: 'module' }),
  };
  await expect(findingsIn({}, around)).resolves.toEqual([]);
});

test('a tsconfig.json with a syntax error is refused by name; a comment and a last comma are none', async () => {
  const loose = { 'tsconfig.json': `{ "compilerOptions": { "strict": false, }, // for now\n}` };
  await expect(findingsIn({}, loose)).resolves.toEqual([]);
  await expect(findingsIn({}, { 'tsconfig.json': `{ "compilerOptions": {` })).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    file: expect.stringContaining('tsconfig.json') as string,
  });
});

test('a tsconfig.json that cannot be used is refused by name', async () => {
  await expect(
    findingsIn({}, { 'tsconfig.json': `{ "compilerOptions": { "strict": "very" } }` }),
  ).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    file: expect.stringMatching(/tsconfig\.json$/),
    message: expect.stringContaining("Compiler option 'strict' requires a value of type boolean"),
  });
});

test('JSON can be imported, and so can the types of another plugin', async () => {
  const folder = await tempFolder();
  const sources = await writePlugins(folder, {
    armory: {
      'index.ts': `
        import { definePlugin, type ExportsOf } from 'liveswap/plugin';
        const plugin = definePlugin({ exports: { sword: (length: number) => 'x'.repeat(length) } });
        export default plugin;
        export type ArmoryApi = ExportsOf<typeof plugin>;
      `,
    },
    herald: {
      'index.ts': `
        import { definePlugin, importPlugin } from 'liveswap/plugin';
        import type { ArmoryApi } from '../armory/index.js';
        import songs from './songs.json' with { type: 'json' };
        const armory = importPlugin<ArmoryApi>('armory');
        export async function live_call(): Promise<string> { return songs.first.toUpperCase() + (await armory.sword(1)); }
        export default definePlugin({});
      `,
      'songs.json': JSON.stringify({ first: 'la' }),
    },
  });
  const { plugins } = await check({ sources });
  expect(plugins.map(({ name, state }) => [name, state])).toEqual([
    ['armory', 'checked'],
    ['herald', 'checked'],
  ]);
});

test('import.meta may be used with a tsconfig.json for Node: artifacts are ES modules', async () => {
  const findings = await findingsIn(
    { 'song.ts': 'export const here: object = import.meta;\nexport const there: number = import.meta;\n' },
    { 'tsconfig.json': `{ "compilerOptions": { "module": "nodenext", "target": "es2023", "types": [] } }` },
  );
  expect(problems(findings)).toEqual(["Type 'ImportMeta' is not assignable to type 'number'. (TS2322)"]);
});
