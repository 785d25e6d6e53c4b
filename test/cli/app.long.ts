import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { runCommand } from '../helpers/run-command.js';
import { RunningCommand } from '../helpers/running-command.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

const server = (edition: string): string => `
  const http = require('http');
  const { greeting } = require('./greeting');
  http.createServer((request, response) => response.end(greeting + ' ${edition}')).listen(Number(process.argv[2]), '127.0.0.1');`;

async function project(): Promise<string> {
  const folder = await tempFolder();
  vi.stubEnv('LIVESWAP_SOCKETS', join(folder, 'sockets'));
  await writeFiles(folder, {
    'package.json': '{ "name": "gate" }',
    'src/server.js': server('one'),
    'src/greeting.js': `exports.greeting = 'Hail';`,
  });
  return folder;
}

const textOf = async (url: string): Promise<string> => (await fetch(url)).text();

test('a server one already has is started by one command, reloaded by another, and ends in order', async () => {
  const folder = await project();
  const running = new RunningCommand(folder, ['start', 'src/server.js', '--', '0']);
  const [, url = ''] = await running.printed(/ready +(http:\S+?);/);
  expect(await textOf(url)).toBe('Hail one');
  await writeFiles(folder, { 'src/server.js': server('two') });
  expect(await runCommand(folder, 'reload', '--wait')).toMatchObject({ code: 0, stdout: 'gate: ok\n' });
  expect(await textOf(url)).toBe('Hail two');
  await writeFiles(folder, { 'src/server.js': `throw new Error('no sword');` });
  const refused = await runCommand(folder, 'reload', '--wait', '--dir', 'src/server.js');
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('no sword') as string });
  expect(await textOf(url)).toBe('Hail two');
  expect(await running.end('SIGTERM')).toBe(0);
});

test('the admin page shows a server as it is, and reloads it', async () => {
  const folder = await project();
  const running = new RunningCommand(folder, ['start', 'src/server.js', '--admin-port', '0', '--', '0']);
  const [, page = ''] = await running.printed(/admin +(\S+)/);
  const [, url = ''] = await running.printed(/ready +(http:\S+?);/);
  expect(await textOf(page)).toContain('<title>');
  expect(await textOf(new URL('/-/health', page).href)).toBe('ok\n');
  await writeFiles(folder, { 'src/server.js': server('two') });
  const { origin, searchParams } = new URL(page);
  const headers = { origin, authorization: `Bearer ${searchParams.get('token')}` };
  const reloaded = await fetch(new URL('/reload', page), { method: 'POST', headers });
  expect(await reloaded.json()).toEqual({ details: { gate: 'ok' } });
  expect(await textOf(url)).toBe('Hail two');
  expect(await running.end('SIGTERM')).toBe(0);
});

test('dev ends without waiting for a saved version that never listens', async () => {
  const folder = await project();
  const running = new RunningCommand(folder, ['dev', 'src/server.js', '--', '0']);
  await running.printed(/ready +http:/);
  await writeFiles(folder, { 'src/server.js': `console.log('it waits'); setInterval(() => {}, 1_000);` });
  await running.printed(/it waits/);
  expect(await running.end('SIGTERM')).toBe(0);
  expect(running.output).not.toMatch(/was not up within|serves on: /);
});

test('SIGHUP ends no request, neither while it starts nor while it stops', async () => {
  const folder = await project();
  await writeFiles(folder, {
    'src/server.mjs': `
      import { existsSync } from 'node:fs';
      import { createServer } from 'node:http';
      import { setTimeout as pause } from 'node:timers/promises';
      const until = async (file) => { while (!existsSync(file)) await pause(10); };
      console.log('it starts');
      await until('may-listen');
      createServer(async (request, response) => {
        console.log('it was asked');
        await until('may-answer');
        response.end('done');
      }).listen(0, '127.0.0.1');`,
  });
  const running = new RunningCommand(folder, ['start', 'src/server.mjs']);
  await running.printed(/it starts/);
  running.send('SIGHUP');
  await writeFiles(folder, { 'may-listen': '' });
  const [, url = ''] = await running.printed(/ready +(http:\S+?);/);
  await running.printed(/gate: unchanged in/);
  const answer = textOf(url);
  await running.printed(/it was asked/);
  running.send('SIGTERM');
  await running.printed(/stopping/);
  running.send('SIGHUP');
  await writeFiles(folder, { 'may-answer': '' });
  expect(await answer).toBe('done');
  expect(await running.ended).toBe(0);
});

test('one that is told to end while it starts ends at once, whatever it waits for', async () => {
  const folder = await project();
  await writeFiles(folder, {
    'src/server.mjs': `console.log('it starts'); await new Promise((wake) => setTimeout(wake, 1e9));`,
  });
  const running = new RunningCommand(folder, ['start', 'src/server.mjs']);
  await running.printed(/it starts/);
  expect(await running.end('SIGTERM')).toBe(0);
  expect(running.output).toBe('it starts\n');
});

test('dev ends when the server cannot start, also with plugins beside it', async () => {
  const folder = await project();
  await writeFiles(folder, {
    'src/server.js': `throw new Error('no sword');`,
    'plugins/guardian/index.ts': `import { definePlugin } from 'liveswap/plugin'; export default definePlugin({});`,
  });
  const outcome = await runCommand(folder, 'dev', 'src/server.js', '--plugins', 'plugins');
  expect(outcome.code).toBe(1);
  expect(outcome.stderr.match(/no sword/g), 'It is told once.').toHaveLength(1);
});

test('dev reloads it when one of its own files is saved, and says why not', async () => {
  const folder = await project();
  const running = new RunningCommand(folder, ['dev', 'src/server.js', '--', '0']);
  const [, url = ''] = await running.printed(/ready +(http:\S+), watching 3 files/);
  await writeFiles(folder, { 'src/greeting.js': `exports.greeting = 'Hello';` });
  await running.printed(/gate: ok in [\d.]+ m?s/);
  expect(await textOf(url)).toBe('Hello one');
  await writeFiles(folder, { 'src/greeting.js': `exports.greeting = ;` });
  await running.printed(/refused, what ran serves on: .*\n.*greeting\.js:1:20/);
  expect(await textOf(url)).toBe('Hello one');
  expect(await running.end('SIGINT')).toBe(0);
});

test('dev notices saves of modules that no text of the app names, as soon as they have been loaded', async () => {
  const folder = await project();
  await writeFiles(folder, {
    'src/server.js': `
      const http = require('http'), path = require('path');
      const load = (name) => require(path.resolve(path.dirname(process.argv[1]), 'routes', name));
      http.createServer((request, response) => response.end(load('hail').text)).listen(Number(process.argv[2]), '127.0.0.1');`,
    'src/routes/hail.js': `exports.text = 'Hail';`,
  });
  const running = new RunningCommand(folder, ['dev', 'src/server.js', '--', '0']);
  const [, url = ''] = await running.printed(/ready +(http:\S+), watching 2 files/);
  expect(await textOf(url)).toBe('Hail');
  await running.printed(/hail\.js was loaded from the disk/);
  // A save before it is watched is not noticed.
  let saves = 0;
  const save = (): Promise<void> =>
    writeFiles(folder, { 'src/routes/hail.js': `exports.text = 'Hello'; // ${saves++}` });
  await expect.poll(() => save().then(() => textOf(url)), { interval: 500 }).toBe('Hello');
  expect(await running.end('SIGINT')).toBe(0);
});

test('dev builds plugins beside a server again when they are saved, and refuses what has findings', async () => {
  const folder = await project();
  const plugin = (sword: string): Record<string, string> => ({
    'plugins/armory/index.ts': `import { definePlugin } from 'liveswap/plugin';
export default definePlugin({});
export async function live_sword(): Promise<string> { return ${sword}; }`,
  });
  await writeFiles(folder, {
    ...plugin(`'Ice'`),
    'src/server.js': `
      const { context } = require('liveswap/plugin');
      require('http').createServer(async (request, response) => response.end(await context.vault.call('live_sword')))
        .listen(Number(process.argv[2]), '127.0.0.1');`,
  });
  const running = new RunningCommand(folder, ['dev', '--plugins', 'plugins', 'src/server.js', '--', '0']);
  const [, url = ''] = await running.printed(/ready +(http:\S+),/);
  expect(await textOf(url)).toBe('Ice');
  // Plugins have artifacts of their own.
  expect(running.output).not.toContain('--files "plugins/**"');
  await writeFiles(folder, plugin('7'));
  await running.printed(/refused, what ran serves on: [^]*index\.ts:3:\d+ types: [^]*TS2322/);
  await writeFiles(folder, plugin(`'Longclaw'`));
  await running.printed(/armory: ok/);
  expect(await textOf(url)).toBe('Longclaw');
  expect(await running.end('SIGINT')).toBe(0);
});

const typed = (greeting: string): Readonly<Record<string, string>> => ({
  'tsconfig.json': '{ "compilerOptions": { "strict": true, "types": [] } }',
  'src/server.ts': `
    import { greeting } from './greeting';
    declare const require: (name: string) => any, process: any;
    require('http').createServer((_: unknown, response: any) => response.end(greeting)).listen(Number(process.argv[2]), '127.0.0.1');`,
  'src/greeting.ts': greeting,
});

test('types and rules are looked at after a swap, which does not wait for them, and findings are told', async () => {
  const folder = await project();
  await writeFiles(folder, typed(`export const greeting: string = 'Hail';`));
  const running = new RunningCommand(folder, ['dev', 'src/server.ts', '--', '0']);
  const [, url = ''] = await running.printed(/ready +(http:\S+),/);
  await writeFiles(folder, { 'src/greeting.ts': `export const greeting: number = 'Hello';` });
  await running.printed(
    /gate: ok in [\d.]+ m?s[^]*src\/greeting\.ts:1:14 types: [^]*TS2322[^]*1 finding in 1 file, running all the same/,
  );
  expect(await textOf(url)).toBe('Hello');
  await writeFiles(folder, {
    'src/greeting.ts': `let greeted = 0;\nexport const greeting: string = 'Hello';\nexport const greet = () => greeted++;`,
  });
  await running.printed(/is lost +src\/greeting\.ts:1:5\n[^]*no findings any more/);
  expect(await running.end('SIGINT')).toBe(0);
});

test('with --check what has findings is not swapped in, whoever asks for it; what ran serves on', async () => {
  const folder = await project();
  await writeFiles(
    folder,
    typed(`let swords = 0;\nexport const draw = () => swords++;\nexport const greeting: string = 'Hail';`),
  );
  const running = new RunningCommand(folder, ['dev', '--check', 'src/server.ts', '--', '0']);
  const [, url = ''] = await running.printed(/ready +(http:\S+),/);
  await running.printed(/checked +1 to look at in \d files: liveswap check --app/);
  await writeFiles(folder, { 'src/greeting.ts': `export const greeting: number = 'Hello';` });
  await running.printed(/refused, what ran serves on: [^]*src\/greeting\.ts:1:14 types: .*TS2322/);
  expect(await runCommand(folder, 'reload', '--wait')).toMatchObject({ code: 1 });
  expect(await textOf(url)).toBe('Hail');
  await writeFiles(folder, {
    'src/greeting.ts': `let axes = 0;\nexport const draw = () => axes++;\nexport const greeting: string = 'Hello';`,
  });
  await running.printed(/src\/greeting\.ts:1:5 swap: .*begins anew/);
  expect(await textOf(url)).toBe('Hail');
  await writeFiles(folder, { 'src/greeting.ts': `export const greeting: string = 'Hello';` });
  await running.printed(/gate: ok in [\d.]+ m?s/);
  expect(await textOf(url)).toBe('Hello');
  expect(await running.end('SIGINT')).toBe(0);
});

test('with --check a file of types alone, outside of the package, is watched from the refusal on: a fix of it is live', async () => {
  const folder = await project();
  const state = `let swords = 0;\nexport const draw = () => swords++;\n`;
  await writeFiles(join(folder, 'gate'), {
    'package.json': '{ "name": "gate" }',
    ...typed(`${state}export const greeting: string = 'Hail';`),
  });
  const running = new RunningCommand(folder, ['dev', '--check', 'gate/src/server.ts', '--', '0']);
  const [, url = ''] = await running.printed(/ready +(http:\S+),/);
  await running.printed(/checked +1 to look at/);
  await writeFiles(folder, {
    'types/greeting.ts': `export type Greeting = number;`,
    'gate/src/greeting.ts': `${state}import type { Greeting } from '../../types/greeting';\nexport const greeting: Greeting = 'Hello';`,
  });
  await running.printed(/refused, what ran serves on: [^]*src\/greeting\.ts:4:14 types: .*TS2322/);
  // A save before it is watched is not noticed.
  let saves = 0;
  const save = (): Promise<void> =>
    writeFiles(folder, { 'types/greeting.ts': `export type Greeting = string; // ${saves++}` });
  await expect.poll(() => save().then(() => textOf(url)), { interval: 2_000 }).toBe('Hello');
  expect(await running.end('SIGINT')).toBe(0);
});

test('an entry that is no file is misuse', async () => {
  const folder = await project();
  expect(await runCommand(folder, 'start', 'nowhere.js')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('name the file that starts your server') as string,
  });
});

test('check --app says before the first start what a swap does to a server', async () => {
  const folder = await project();
  await writeFiles(folder, {
    'src/greeting.js': `let greeted = 0;\nexports.greeting = () => (greeted += 1);`,
  });
  expect(await runCommand(folder, 'check', '--app', 'src/server.js')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(
      /^is lost +src\/greeting\.js:1:5\n.*begins anew.*\n3 files, 1 of 1 to look at\.\n$/s,
    ) as string,
  });
  const { stdout } = await runCommand(folder, 'check', '--app', '--format', 'json', 'src/server.js');
  expect(JSON.parse(stdout)).toMatchObject({ files: 3, facts: [{ fate: 'lost', line: 1, column: 5 }] });
  expect(await runCommand(folder, 'check', '--app', 'src/none.js')).toMatchObject({ code: 2 });
});

/** A package whose command serves the module that it is given, as `fastify start app.js` does. */
const raven = {
  'node_modules/raven/package.json': '{ "name": "raven", "version": "1.0.0", "bin": "./cli.js" }',
  'node_modules/raven/cli.js': `#!/usr/bin/env node\nif (require.main === module) require('./lib/start')(process.argv.slice(2));`,
  'node_modules/raven/lib/start.js': `module.exports = ([, file, port]) => {
    const { text } = require(require('path').resolve(file));
    require('http').createServer((_, response) => response.end(text())).listen(Number(port), '127.0.0.1');
  };`,
  'app.js': `const { word } = require('./words/word');\nexports.text = () => word;`,
  'words/word.js': `exports.word = 'Hail';`,
};

test.each([
  [
    'a link, as npm makes',
    (folder: string) => symlink('../raven/cli.js', join(folder, 'node_modules/.bin/raven')),
  ],
  [
    'a script of the shell, as pnpm writes',
    (folder: string) =>
      writeFile(
        join(folder, 'node_modules/.bin/raven'),
        `#!/bin/sh\nbasedir=$(dirname "$0")\nexec node "$basedir/../raven/cli.js" "$@"\n`,
      ),
  ],
])('a command of a package is served with the module that it is given, by %s', async (_, link) => {
  const folder = await project();
  await writeFiles(folder, raven);
  await mkdir(join(folder, 'node_modules/.bin'));
  await link(folder);
  const running = new RunningCommand(folder, [
    'start',
    'node_modules/.bin/raven',
    '--',
    'start',
    'app.js',
    '0',
  ]);
  const [, url = ''] = await running.printed(/ready +(http:\S+?);/);
  expect(await textOf(url)).toBe('Hail');
  await writeFiles(folder, { 'words/word.js': `exports.word = 'Hello';` });
  expect(await textOf(url)).toBe('Hail');
  const reloaded = await runCommand(folder, 'reload', '--wait', '--dir', 'node_modules/.bin/raven');
  expect(reloaded).toMatchObject({ code: 0, stdout: 'gate: ok\n' });
  expect(await textOf(url)).toBe('Hello');
  expect(await running.end('SIGTERM')).toBe(0);
});

test('a script of the shell is no server', async () => {
  const folder = await project();
  await writeFiles(folder, { 'serve.sh': '#!/usr/bin/env bash\nexec node src/server.js\n' });
  expect(await runCommand(folder, 'start', 'serve.sh')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/serve\.sh is a shell script; name the JavaScript/) as string,
  });
});

test.each(['--exclusive', '--exclusive-start'])('%s stands before the entry', async (flag) => {
  const folder = await project();
  const running = new RunningCommand(folder, ['start', flag, 'src/server.js', '--', '0']);
  const [, url = ''] = await running.printed(/ready +(http:\S+?);/);
  await writeFiles(folder, { 'src/server.js': server('two') });
  expect(await runCommand(folder, 'reload', '--wait')).toMatchObject({ code: 0, stdout: 'gate: ok\n' });
  expect(await textOf(url)).toBe('Hail two');
});
