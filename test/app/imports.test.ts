import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { appProject } from '../helpers/app-project.js';

/** Returns a server that answers with the JSON of an expression. */
const answering = (imports: string, expression: string): string => `
  import { createServer } from 'node:http';
  ${imports}
  createServer((request, response) => response.end(JSON.stringify(${expression}))).listen(0, '127.0.0.1');`;

async function answerOf(files: Readonly<Record<string, string>>): Promise<unknown> {
  const { serve } = await appProject(files);
  const { urls } = await serve('server.mjs');
  return (await fetch(urls[0] ?? '')).json();
}

test('a module that is imported by its path, and by a name of the imports of the package, is one module', async () => {
  const imported = `import { ravens } from '#ravens'; import { ravens as same } from './ravens.mjs'; import { url } from '#ravens';`;
  const answer = await answerOf({
    'package.json': '{ "name": "gate", "imports": { "#ravens": "./ravens.mjs" } }',
    'ravens.mjs': 'export const ravens = []; export const { url } = import.meta;',
    'server.mjs': answering(imported, `[ravens === same, url.endsWith('/ravens.mjs')]`),
  });
  expect(answer).toEqual([true, true]);
});

test('a module is found by a URL with a query, and JSON with attributes in one place and without in another', async () => {
  const imported = `
    import './song.mjs?verse=1'; import './song.mjs?verse=2'; import map from './map.json' with { type: 'json' };
    export const unused = () => import('./map.json');`;
  const answer = await answerOf({
    'song.mjs': '(globalThis.verses ??= []).push(new URL(import.meta.url).search);',
    'map.json': '{ "wall": "north" }',
    'server.mjs': answering(imported, '[verses, map]'),
  });
  expect(answer).toEqual([['?verse=1', '?verse=2'], { wall: 'north' }]);
});

test('CommonJS that an entry of ES modules imports finds no main module, as in a process', async () => {
  const answer = await answerOf({
    'root.cjs': 'exports.hasMain = require.main !== undefined;',
    'server.mjs': answering(
      `import root from './root.cjs';`,
      '[root.hasMain, process.mainModule !== undefined]',
    ),
  });
  expect(answer).toEqual([false, false]);
});

/** A linked package that has one file for `import` and another one for `require`. */
const runes = {
  'package.json': '{ "name": "gate", "private": true }',
  'runes/package.json':
    '{ "name": "runes", "exports": { "import": "./runes.mjs", "require": "./runes.cjs" } }',
  'runes/runes.mjs': `export const by = 'import';`,
  'runes/runes.cjs': `exports.by = 'require';`,
};

test.each([
  [
    'an ES module',
    'server.mjs',
    answering(
      `import { createRequire } from 'node:module'; import * as runes from 'runes';
      const required = createRequire(import.meta.url)('runes');`,
      '[runes.by, required.by]',
    ),
  ],
  [
    'CommonJS',
    'server.cjs',
    `const required = require('runes');
    const serve = (runes) => require('http').createServer((request, response) =>
      response.end(JSON.stringify([runes.by, required.by]))).listen(0, '127.0.0.1');
    import('runes').then(serve);`,
  ],
])('%s finds one file of a linked package by import, and another one by require', async (_, entry, text) => {
  const { folder, serve } = await appProject({ ...runes, [entry]: text });
  await mkdir(join(folder, 'node_modules'));
  await symlink(join(folder, 'runes'), join(folder, 'node_modules/runes'), 'junction');
  const { urls } = await serve(entry);
  expect(await (await fetch(urls[0] ?? '')).json()).toEqual(['import', 'require']);
});
