import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { VersionStats } from '../../lib/index.js';
import { serveApp, type ServeAppOptions, type ServedApp } from '../../lib/app/index.js';
import { buildApp } from '../../lib/compiler/app/build-app.js';
import { appProject } from '../helpers/app-project.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { textOf } from '../helpers/text-of.js';
import { quietLogger, warningLogger } from '../helpers/quiet-logger.js';

const hello = (edition: number): string => `
  const { join } = require('path');
  require('http').createServer((_, response) => response.end(JSON.stringify({
    edition: ${edition}, file: __filename, page: require('fs').readFileSync(join(__dirname, 'page.txt'), 'utf8'),
    wall: require('wall'), args: process.argv.slice(2),
  }))).listen(0, '127.0.0.1');`;

async function serveBuilt(folder: string, options: ServeAppOptions): Promise<ServedApp> {
  const app = await serveApp(folder, {
    lingerMs: 0,
    ...options,
    swapper: { logger: quietLogger(), standby: false, ...options.swapper },
  });
  onTestFinished(() => app.swapper.destroy());
  return app;
}

test('a built app runs below the root of another machine, and takes what is deployed beside it', async () => {
  const { folder, write } = await appProject({
    'src/server.js': hello(1),
    'src/page.txt': 'north',
    'node_modules/wall/index.js': `module.exports = 700;`,
  });
  const elsewhere = await tempFolder();
  await mkdir(join(elsewhere, 'release'));
  await cp(join(folder, 'node_modules'), join(elsewhere, 'node_modules'), { recursive: true });
  const release = (): Promise<unknown> =>
    buildApp({ entry: join(folder, 'src/server.js'), outDir: join(elsewhere, 'release') });
  await release();
  const app = await serveBuilt(join(elsewhere, 'release'), { args: ['--moat'] });
  const answer = async (): Promise<unknown> => JSON.parse(await textOf(app.urls[0] ?? ''));
  expect(await answer()).toEqual({
    edition: 1,
    file: join(elsewhere, 'src/server.js'),
    page: 'north',
    wall: 700,
    args: ['--moat'],
  });
  await write({ 'src/server.js': hello(2), 'src/page.txt': 'south' });
  await release();
  expect(await app.reload()).toEqual({ gate: 'ok' });
  expect(await answer()).toMatchObject({ edition: 2, page: 'south' });
  await app.swapper.rollback();
  expect(await answer()).toMatchObject({ edition: 1, page: 'north' });
});

test('an artifact that cannot be written is refused with where, why and what to do', async () => {
  const { folder } = await appProject({ 'server.js': hello(1) });
  const copyDir = join(await tempFolder(), 'full');
  await writeFile(copyDir, 'no folder');
  await expect(serveBuilt(join(folder, 'server.js'), { copyDir })).rejects.toMatchObject({
    code: 'COPY_FAILED',
    plugin: 'gate',
    message: expect.stringMatching(/^Cannot put the artifact of gate into .*full.*; let .*copyDir/) as string,
  });
});

test('a folder without an app, or without packages above it, is refused with what to do', async () => {
  const folder = await tempFolder();
  await expect(serveBuilt(folder, {})).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: expect.stringContaining('liveswap build --app') as string,
  });
  const { folder: source } = await appProject({ 'server.js': '' });
  await buildApp({ entry: join(source, 'server.js'), outDir: folder });
  await expect(serveBuilt(folder, {})).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: expect.stringContaining('--root') as string,
  });
});

test('another lock file is said where it matters, in the log, the statistics and the details: a rollback and a replaced thread run the old code with packages of today', async () => {
  const { write, serve } = await appProject({
    'server.js': `require('http').createServer((request, response) => {
      if (request.url === '/die') setImmediate(() => { throw new Error('slain'); }); else response.end('1');
    }).listen(0, '127.0.0.1');`,
    'package-lock.json': '{ "packages": 1 }',
  });
  const { logger, warned } = warningLogger();
  const app = await serve('server.js', { swapper: { logger } });
  await write({ 'package-lock.json': '{ "packages": 2 }' });
  expect(await app.reload()).toEqual({ gate: 'ok' });
  const details = await app.swapper.rollback();
  const remark =
    /gate@\w+ runs with the packages of today: it was made with another lock file than the one in /;
  const said = expect.stringMatching(remark) as string;
  expect(String(details)).toMatch(remark);
  expect(warned).toEqual([said]);
  const versions = (): readonly VersionStats[] => app.swapper.stats().plugins[0]?.versions ?? [];
  await expect.poll(() => versions().map(({ remarks }) => remarks)).toEqual([[said]]);
  const replaced = new Promise((resolve) => app.swapper.on('threadReplaced', resolve));
  await fetch(`${app.urls[0]}/die`);
  await replaced;
  await expect.poll(() => warned.filter((text) => text.includes('lock file'))).toHaveLength(2);
});
