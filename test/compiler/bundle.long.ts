import { execFile } from 'node:child_process';
import { cp, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { originalPositionFor, TraceMap, type SourceMapInput } from '@jridgewell/trace-mapping';
import { expect, test } from 'vitest';
import { build } from '../../lib/compiler/index.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles, writePlugins } from '../helpers/write-plugins.js';

type LiveModule = { liveFunctions: Record<string, (...args: unknown[]) => Promise<unknown>> };

const definition = `import { definePlugin } from 'liveswap/plugin';\nexport default definePlugin({});\n`;

/** Builds one plugin made of `code`; returns its artifact's path. */
async function buildHerald(folder: string, code: string): Promise<string> {
  const sources = await writePlugins(join(folder, 'plugins'), { herald: { 'index.ts': definition + code } });
  const { plugins } = await build({ sources, outDir: join(folder, 'out'), rules: false });
  return plugins[0]?.artifact.file ?? '';
}

/** Calls a live function of an artifact in a process of its own, which has nothing but what Node gives to ES modules. */
async function callAlone(file: string, name: string): Promise<unknown> {
  const script = `
    import { liveFunctions } from ${JSON.stringify(pathToFileURL(file).href)};
    console.log(JSON.stringify(await liveFunctions[${JSON.stringify(name)}]()));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
  return JSON.parse(stdout);
}

async function load(file: string): Promise<LiveModule> {
  return (await import(pathToFileURL(file).href)) as LiveModule;
}

test('an artifact has what its code can declare to its thread, also in a module that only a call imports, and nothing of it otherwise', async () => {
  const declarations = ['keptRoots', 'resources', 'takers', 'ticker'];
  const plain = await load(await buildHerald(await tempFolder(), `export async function live_blow() {}`));
  for (const name of declarations) expect(plain).not.toHaveProperty(name);
  const folder = await tempFolder();
  const sources = await writePlugins(join(folder, 'plugins'), {
    herald: {
      'index.ts': `${definition}export async function live_blow() { await import('./hourly.js'); }`,
      'hourly.ts': `import { every } from 'liveswap/plugin';\nevery(3_600_000, () => {});\n`,
    },
  });
  const outDir = join(folder, 'out');
  const { plugins } = await build({ sources, outDir, rules: false, leaveTemps: true });
  // The entry that is left is the one that was bundled.
  for (const name of declarations)
    await expect(readFile(join(outDir, 'herald.entry.ts'), 'utf8')).resolves.toContain(name);
  const declaring = await load(plugins[0]?.artifact.file ?? '');
  for (const name of declarations) expect(declaring).toHaveProperty(name);
  expect(declaring).toHaveProperty('ticker.count', 0);
  await declaring.liveFunctions['live_blow']?.();
  expect(declaring).toHaveProperty('ticker.count', 1);
});

test('npm packages are inside of the artifact, CommonJS and what it requires at run time included', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, {
    'node_modules/trumpet/package.json': JSON.stringify({
      name: 'trumpet',
      main: 'index.js',
      types: 'index.d.ts',
    }),
    'node_modules/trumpet/index.d.ts': `export declare function blow(): string[];`,
    'node_modules/trumpet/index.js': `
      const { name } = require('./package.json');
      exports.blow = () => [name, require('node:path').basename('x/tarantara'), typeof require.resolve, typeof __dirname, typeof __filename];
    `,
    'node_modules/flute/package.json': JSON.stringify({
      name: 'flute',
      type: 'module',
      exports: { types: './flute.d.ts', default: './flute.js' },
    }),
    'node_modules/flute/flute.d.ts': `export declare const tune: string;`,
    'node_modules/flute/flute.js': `export const tune = 'toot';`,
  });
  const file = await buildHerald(
    folder,
    `import { blow } from 'trumpet';\nimport { tune } from 'flute';\nexport async function live_blow() { return [...blow(), tune]; }`,
  );
  const alone = await tempFolder();
  await cp(file, join(alone, 'herald.plugin.mjs'));
  await expect(callAlone(join(alone, 'herald.plugin.mjs'), 'live_blow')).resolves.toEqual([
    'trumpet',
    'tarantara',
    'function',
    'string',
    'string',
    'toot',
  ]);
});

test('a native addon stays where it is, and is required from there, by a copy of the artifact too', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, {
    'node_modules/lyre/package.json': JSON.stringify({ name: 'lyre', main: 'index.js', types: 'index.d.ts' }),
    'node_modules/lyre/index.d.ts': `export declare function play(): unknown;`,
    'node_modules/lyre/index.js': `exports.play = () => require('./build/lyre.node');`,
    'node_modules/lyre/build/lyre.node': 'no addon at all',
  });
  const file = await buildHerald(
    folder,
    `import { play } from 'lyre';\nexport async function live_play() { return play(); }`,
  );
  const copy = join(folder, 'out/.versions/1-2/herald.3.plugin.mjs');
  await cp(file, copy, { recursive: true });
  for (const artifact of [file, copy]) {
    const { liveFunctions } = await load(artifact);
    // Node tried to load this very file.
    await expect(liveFunctions['live_play']?.()).rejects.toThrow(
      join(folder, 'node_modules/lyre/build/lyre.node'),
    );
  }
});

test('code in a file whose name ends like that of an addon is code, in packages and in own files', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, {
    'node_modules/drum/package.json': JSON.stringify({ name: 'drum', main: 'index.js' }),
    'node_modules/drum/index.js': `exports.beat = require('./platform.node').beat;`,
    'node_modules/drum/platform.node.js': `exports.beat = 'boom';`,
    'plugins/herald/index.ts': `${definition}import { beat } from 'drum';\nimport { tap } from './tap.node';\nexport async function live_play() { return [beat, tap]; }`,
    'plugins/herald/tap.node.ts': `export const tap = 'tick';`,
  });
  const { plugins } = await build({
    sources: [join(folder, 'plugins')],
    outDir: join(folder, 'out'),
    typecheck: false,
    rules: false,
  });
  expect(plugins[0]?.outside).toEqual([]);
  const alone = await tempFolder();
  await cp(plugins[0]?.artifact.file ?? '', join(alone, 'herald.plugin.mjs'));
  await expect(callAlone(join(alone, 'herald.plugin.mjs'), 'live_play')).resolves.toEqual(['boom', 'tick']);
});

test.each(['const require = createRequire(import.meta.url); require', 'createRequire(import.meta.url)'])(
  'an addon of its own stays where it is, too, when an ES module requires it: %s',
  async (required) => {
    const folder = await tempFolder();
    const addon = join(folder, 'plugins/herald/horn.node');
    await writeFiles(folder, { 'plugins/herald/horn.node': 'no addon at all' });
    const file = await buildHerald(
      folder,
      `import { createRequire } from 'node:module';\n${required}('./horn.node');`,
    );
    await expect(load(file)).rejects.toThrow(addon);
  },
);

test('what an ES module tries to require is taken along, and its failure can be caught', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, {
    'plugins/herald/horn.node': 'no addon at all',
    'plugins/herald/fallen.cjs': `throw new Error('down');`,
    'plugins/herald/reeds.json': '["soft", "hard"]',
  });
  const file = await buildHerald(
    folder,
    `import { createRequire } from 'node:module';
     const require = createRequire(import.meta.url);
     const tried = (load: () => unknown) => { try { return load(); } catch (error) { return (error as Error).message; } };
     const reeds = (() => { try { return require('./reeds.json'); } catch { return []; } })();
     export async function live_play() {
       try { require('./missing.cjs'); } catch {}
       const [addon, fallen] = [
         tried(() => { try { return require('./horn.node'); } catch (error) { throw error; } }),
         tried(() => { try { return require('./fallen.cjs'); } catch (error) { throw error; } }),
       ];
       return [reeds, addon, fallen];
     }`,
  );
  await rm(join(folder, 'plugins/herald/fallen.cjs'));
  const { liveFunctions } = await load(file);
  await expect(liveFunctions['live_play']?.()).resolves.toEqual([
    ['soft', 'hard'],
    expect.stringContaining(join(folder, 'plugins/herald/horn.node')),
    'down',
  ]);
});

test('an artifact that requires nothing makes no require, and its source map is right all the same', async () => {
  const folder = await tempFolder();
  const file = await buildHerald(folder, `export function live_fall() { throw new Error('down'); }`);
  const text = await readFile(file, 'utf8');
  expect(text).not.toContain('createRequire');
  const generated = text.split('\n').findIndex((line) => line.includes('new Error("down")')) + 1;
  const map = JSON.parse(
    Buffer.from(text.slice(text.lastIndexOf(',') + 1), 'base64').toString(),
  ) as SourceMapInput;
  const { source, line } = originalPositionFor(new TraceMap(map), { line: generated, column: 2 });
  expect(resolve(folder, 'out', source ?? '')).toBe(join(folder, 'plugins/herald/index.ts'));
  expect(line).toBe(definition.split('\n').length);
});

test('a plugin may have names of its own for what the artifact needs', async () => {
  const file = await buildHerald(
    await tempFolder(),
    `
    import { createRequire } from 'node:module';
    const require = createRequire(import.meta.url);
    const __dirname = 'here', __filename = 'there', plugin = 'mine', symbols = 1, liveFunctions = 2, liveTypes = 3, bind = 4, root = 5;
    export async function live_names() {
      return [typeof require('node:fs').readFileSync, __dirname, __filename, plugin, symbols, liveFunctions, liveTypes, bind, root];
    }`,
  );
  await expect(callAlone(file, 'live_names')).resolves.toEqual([
    'function',
    'here',
    'there',
    'mine',
    1,
    2,
    3,
    4,
    5,
  ]);
});

test('functions and classes keep their names, whatever they must be called in the artifact', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, { 'plugins/herald/horn.ts': `export function call() {}\nexport class Horn {}\n` });
  const file = await buildHerald(
    folder,
    `import * as horn from './horn.js';\nfunction call() {}\nclass Horn {}\nexport async function live_names() { return [call.name, Horn.name, horn.call.name, horn.Horn.name]; }`,
  );
  await expect(callAlone(file, 'live_names')).resolves.toEqual(['call', 'Horn', 'call', 'Horn']);
});

test('live functions are found under their exported names, in any form', async () => {
  const file = await buildHerald(
    await tempFolder(),
    `
    async function call() { return 'declared'; }
    export { call as live_declared, call as 'live_called-out' };
    export const live_arrow = async () => 'arrow';
    export const Live_expression = async function () { return 'expression'; };
    export async function* LIVE_stream() { yield 'generated'; }
    export const live_notAFunction = 1;
    async function live_notExported() {}
    void live_notExported;
    export default async function live_default() { return 'default'; }
    `.replace("export default async function live_default() { return 'default'; }", ''),
  );
  const { liveFunctions } = await load(file);
  expect(Object.keys(liveFunctions).sort()).toEqual([
    'LIVE_stream',
    'Live_expression',
    'live_arrow',
    'live_called-out',
    'live_declared',
  ]);
});

test('a live function may be the default export of its file, and a re-export is no second one', async () => {
  const folder = await tempFolder();
  const sources = await writePlugins(join(folder, 'plugins'), {
    herald: {
      'index.ts': `${definition}export { live_call } from './calls.js';\nexport * from './calls.js';\n`,
      'calls.ts': `export async function live_call() { return 1; }`,
      'default.ts': `export default async function live_default() { return 2; }`,
      'calls.test.ts': `export async function live_test() { return 3; }`,
    },
  });
  const { plugins } = await build({ sources, outDir: join(folder, 'out'), rules: false });
  expect(plugins[0]?.artifact.manifest.liveFunctions.map(({ name, file }) => `${file}:${name}`)).toEqual([
    'calls.ts:live_call',
    'default.ts:live_default',
  ]);
  const { liveFunctions } = await load(join(folder, 'out/herald.plugin.mjs'));
  await expect(liveFunctions['live_default']?.()).resolves.toBe(2);
});

test('a stack leads to the TypeScript', async () => {
  const folder = await tempFolder();
  const file = await buildHerald(
    folder,
    `interface Nothing { there: string }\n\nexport async function live_fail(): Promise<Nothing> {\n  throw new Error('no breath');\n}\n`,
  );
  const script = `import(${JSON.stringify(pathToFileURL(file).href)}).then((module) => module.liveFunctions.live_fail()).catch((error) => console.log(error.stack));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--enable-source-maps', '--eval', script]);
  expect(stdout).toContain(`${join(folder, 'plugins/herald/index.ts')}:6:9`);
});

test('nothing of where liveswap is installed is in the artifact', async () => {
  const text = await readFile(await buildHerald(await tempFolder(), ''), 'utf8');
  const map = Buffer.from(text.slice(text.lastIndexOf('base64,') + 7), 'base64').toString();
  for (const part of [text, map]) expect(part).not.toContain(process.cwd());
  expect((JSON.parse(map) as { sources: string[] }).sources).toContain('../plugins/herald/index.ts');
});

test('an import that esbuild cannot resolve is a finding where it is written', async () => {
  const folder = await tempFolder();
  const sources = await writePlugins(folder, {
    herald: {
      'index.ts': definition,
      'song.ts': `\nexport { tune } from 'lute';\nexport async function live_sing() {}\n`,
    },
  });
  await expect(build({ sources, outDir: join(folder, 'out'), typecheck: false })).rejects.toMatchObject({
    code: 'BUILD_FAILED',
    findings: [
      {
        rule: 'bundle',
        plugin: 'herald',
        file: join(folder, 'herald/song.ts'),
        line: 2,
        column: 22,
        endColumn: 28,
        problem: expect.stringContaining('Could not resolve "lute"'),
      },
    ],
  });
});

test('a build that is aborted writes nothing', async () => {
  const folder = await tempFolder();
  const sources = await writePlugins(folder, { herald: { 'index.ts': definition } });
  const controller = new AbortController();
  const outDir = join(folder, 'out');
  const building = build({
    sources,
    outDir,
    signal: controller.signal,
    onProgress: ({ step }) => step === 'types' && controller.abort(),
  });
  await expect(building).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  await expect(readFile(join(outDir, 'herald.plugin.mjs'))).rejects.toMatchObject({ code: 'ENOENT' });
});
