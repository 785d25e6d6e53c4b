import { join, resolve } from 'node:path';
import type { ts } from 'ts-morph';
import { expect, test } from 'vitest';
import { build } from '../../lib/compiler/index.js';
import { collisionWarning } from '../../lib/compiler/program-warnings.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

const definition = `import { definePlugin } from 'liveswap/plugin';\nexport default definePlugin({});\n`;

/** Resolves to the warnings of a build of `src/plugins` into `dist/plugins`. */
async function warningsOf(files: Readonly<Record<string, string>>): Promise<string[]> {
  const folder = await tempFolder();
  await writeFiles(folder, {
    'src/plugins/guardian/index.ts': definition,
    'src/plugins/armory/index.ts': definition,
    'src/server.ts': 'export {};',
    ...files,
  });
  const { plugins } = await build({
    sources: [join(folder, 'src/plugins')],
    outDir: join(folder, 'dist/plugins'),
  });
  return plugins.flatMap(({ warnings }) => warnings.map(({ problem }) => problem.replaceAll(folder, '')));
}

const tsconfig = (options: object, more: object = { include: ['src'] }): string =>
  JSON.stringify({
    compilerOptions: { strict: true, module: 'esnext', moduleResolution: 'bundler', ...options },
    ...more,
  });

test('the build warns, once, if tsc writes into the folder of the artifacts', async () => {
  await expect(
    warningsOf({ 'tsconfig.json': tsconfig({ outDir: 'dist', rootDir: 'src' }) }),
  ).resolves.toEqual([
    expect.stringMatching(
      /^tsc writes its output for .*(armory|guardian) to .*plugins.*, among the artifacts\.$/,
    ),
  ]);
});

test('tsc that writes elsewhere, writes nothing or leaves plugins out, is no matter', () => {
  const [folder, outDir] = [resolve('src/plugins/guardian'), resolve('dist/plugins')];
  const sources = [join(folder, 'index.ts'), resolve('src/server.ts')];
  const warn = (options: ts.CompilerOptions, fileNames: readonly string[] = sources): unknown =>
    collisionWarning({ options, fileNames }, folder, outDir);
  const [root, dist] = [resolve('src'), resolve('dist')];
  expect(warn({ outDir: dist, rootDir: root })).toBeDefined();
  expect(warn({ outDir: dist })).toBeDefined();
  expect(warn({ outDir: resolve('build'), rootDir: root })).toBeUndefined();
  expect(warn({ outDir: dist, rootDir: resolve('.') })).toBeUndefined();
  expect(warn({ outDir: dist, rootDir: root, noEmit: true })).toBeUndefined();
  expect(warn({ outDir: dist, rootDir: root }, sources.slice(1))).toBeUndefined();
});

test('the build warns of what a bundle does not follow: moduleSuffixes, and JSX that is left to another tool', async () => {
  const files = {
    'src/plugins/guardian/hall.ts': `export const hall = 'north';`,
    'src/plugins/guardian/hall.node.ts': `export const hall = 'south';`,
    'src/plugins/guardian/gate.tsx': `import { hall } from './hall';
      declare global { namespace JSX { interface IntrinsicElements { gate: object } } }
      export const gate = () => [hall, <gate />];`,
  };
  const moduleSuffixes = ['.node', ''];
  await expect(
    warningsOf({ ...files, 'tsconfig.json': tsconfig({ moduleSuffixes, jsx: 'preserve' }) }),
  ).resolves.toEqual([
    expect.stringContaining('moduleSuffixes (.node)'),
    expect.stringContaining('React.createElement'),
  ]);
  await expect(
    warningsOf({ ...files, 'tsconfig.json': tsconfig({ jsx: 'preserve', jsxFactory: 'String' }) }),
  ).resolves.toEqual([]);
});

test('an app whose own TypeScript fails is checked by ours, and warned once', async () => {
  const typescript = {
    'package.json': JSON.stringify({
      version: '7.9.0',
      exports: { './package.json': './package.json', './unstable/sync': './sync.js' },
    }),
    'sync.js': `exports.API = class { updateSnapshot() { throw new Error('the process has died'); } close() { throw new Error('nobody hears this'); } };`,
  };
  await expect(
    warningsOf({
      'tsconfig.json': tsconfig({ noEmit: true }),
      'node_modules/typescript/package.json': typescript['package.json'],
      'node_modules/typescript/sync.js': typescript['sync.js'],
    }),
  ).resolves.toEqual([
    expect.stringMatching(
      /^Types are checked with TypeScript \d.*, which liveswap brings; the app's own, 7\.9\.0, cannot be used: the process has died\.$/,
    ),
  ]);
});
