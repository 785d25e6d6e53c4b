import { symlink, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { watchApp, type SaveOutcome } from '../../lib/app/watch-app.js';
import { appProject } from '../helpers/app-project.js';
import { textOf } from '../helpers/text-of.js';

/** Returns a server that writes a file beside itself each time it starts. */
const server = (start: string): string => `import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
appendFileSync(import.meta.dirname + '/starts.log', 'started\\n');
${start}
createServer((request, response) => response.end(greeting)).listen(0, '127.0.0.1');`;

test('while a save is refused, a file that each start writes does not have it tried again without end', async () => {
  const { write, serve } = await appProject({
    'package.json': '{ "type": "module" }',
    'server.js': server("const greeting = 'Hail';"),
  });
  const app = await serve('server.js');
  const outcomes: SaveOutcome['kind'][] = [];
  const watching = await watchApp(app, ({ kind }) => outcomes.push(kind));
  onTestFinished(() => watching.close());
  await write({ 'server.js': server("throw new Error('no sword');") });
  // The last attempt writes the file as well; that change is reported and not tried. A change as old as the last look is reported
  // once more.
  await expect.poll(() => outcomes.at(-1)).toBe('beside');
  expect(new Set(outcomes)).toEqual(new Set(['refused', 'beside']));
  const refusals = (): number => outcomes.filter((kind) => kind === 'refused').length;
  const before = refusals();
  // Missing files may appear in several steps: each new code file counts.
  await write({ 'server.js': server("import { greeting } from './greeting.js';") });
  await expect.poll(refusals).toBeGreaterThan(before);
  await write({ 'greeting.js': 'export const gesture = 1;' });
  await write({ 'greeting.js': "export const greeting = 'Hello';" });
  await expect.poll(() => outcomes).toContain('swapped');
  expect(await textOf(app.urls[0] ?? '')).toBe('Hello');
});

test.skipIf(process.platform === 'win32')(
  'a link to a folder that is led elsewhere is a save, and so is the next edit there',
  async () => {
    const { folder, write, serve } = await appProject({
      'server.js': `const greeting = require('./words/greeting.js');
        require('http').createServer((request, response) => response.end(greeting)).listen(0, '127.0.0.1');`,
      'winter/greeting.js': `module.exports = 'Hail';`,
      'summer/greeting.js': `module.exports = 'Hello';`,
    });
    const words = join(folder, 'words');
    await symlink('winter', words);
    const app = await serve('server.js');
    const watching = await watchApp(app, () => {});
    onTestFinished(() => watching.close());
    const answer = (): Promise<string> => textOf(app.urls[0] ?? '');
    expect(await answer()).toBe('Hail');

    await unlink(words);
    await symlink('summer', words);
    await expect.poll(answer).toBe('Hello');
    await write({ 'summer/greeting.js': `module.exports = 'Good day';` });
    await expect.poll(answer).toBe('Good day');
  },
);

test('a tsconfig.json, and what it extends, decides what is made of the files: a save of it is live', async () => {
  const paths = (season: string): string =>
    JSON.stringify({ compilerOptions: { paths: { '@words/*': [`./${season}/*`] } } });
  const { write, serve } = await appProject({
    'package.json': '{ "type": "module" }',
    'tsconfig.json': '{ "extends": "./config/base.json" }',
    'config/base.json': paths('../winter'),
    'src/server.ts': `import { createServer } from 'node:http';
      import { greeting } from '@words/greeting.ts';
      createServer((request, response) => response.end(greeting as string)).listen(0, '127.0.0.1');`,
    'winter/greeting.ts': `export const greeting: string = 'Hail';`,
    'summer/greeting.ts': `export const greeting: string = 'Hello';`,
  });
  const app = await serve('src/server.ts');
  const watching = await watchApp(app, () => {});
  onTestFinished(() => watching.close());
  const answer = (): Promise<string> => textOf(app.urls[0] ?? '');
  expect(await answer()).toBe('Hail');

  await write({ 'config/base.json': paths('../summer') });
  await expect.poll(answer).toBe('Hello');
  await write({ 'tsconfig.json': paths('winter') });
  await expect.poll(answer).toBe('Hail');
});

test('a package that is upgraded is live: another lock file makes another version', async () => {
  const release = (version: string, greeting: string): Record<string, string> => ({
    'node_modules/words/package.json': `{ "name": "words", "version": "${version}" }`,
    'node_modules/words/index.js': `module.exports = '${greeting}';`,
    'package-lock.json': `{ "packages": { "node_modules/words": { "version": "${version}" } } }`,
  });
  const { write, serve } = await appProject({
    'src/package.json': '{ "private": true }',
    'src/server.js': `const greeting = require('words');
      require('http').createServer((request, response) => response.end(greeting)).listen(0, '127.0.0.1');`,
    ...release('1.0.0', 'Hail'),
  });
  const app = await serve('src/server.js');
  const watching = await watchApp(app, () => {});
  onTestFinished(() => watching.close());
  const answer = (): Promise<string> => textOf(app.urls[0] ?? '');
  expect(await answer()).toBe('Hail');

  await write(release('2.0.0', 'Hello'));
  await expect.poll(answer).toBe('Hello');
});
