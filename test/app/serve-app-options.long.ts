import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { appProject } from '../helpers/app-project.js';
import { deploy } from '../helpers/compose-plugin.js';
import { warningLogger } from '../helpers/quiet-logger.js';

const hello = (edition: number): string => `
  const http = require('http');
  http.createServer((request, response) => {
    if (request.url === '/health') { response.statusCode = ${edition === 2 ? 503 : 200}; }
    response.end('${edition} ' + request.url);
  }).listen(0, '127.0.0.1');`;

const textOf = async (url: string | undefined, path = '/'): Promise<string> =>
  (await fetch(new URL(path, url))).text();

test('an entry without an extension is followed like any other', async () => {
  const { write, serve } = await appProject({
    'bin/www': `#!/usr/bin/env node\nrequire('../app').listen(0, '127.0.0.1');`,
    'app.js': `module.exports = require('http').createServer((_, response) => response.end(require('./edition')));`,
    'edition.js': `module.exports = '1';`,
  });
  const app = await serve('bin/www');
  expect(await textOf(app.urls[0])).toBe('1');
  await write({ 'edition.js': `module.exports = '2';` });
  expect(await app.reload()).toEqual({ gate: 'ok' });
  expect(await textOf(app.urls[0])).toBe('2');
});

test('with ready: evaluated, a release may give an address up; what it no longer has is closed', async () => {
  const { write, serve } = await appProject({ 'server.js': `${hello(1)} { ${hello(3)} }` });
  const app = await serve('server.js', { ready: 'evaluated' });
  expect(app.urls).toHaveLength(2);
  await write({ 'server.js': hello(4) });
  await app.reload();
  expect(app.urls).toHaveLength(1);
  expect(await textOf(app.urls[0])).toBe('4 /');
});

test('a version that does not answer below 500 when it is warmed up is refused, and has not been seen by anybody', async () => {
  const { write, serve } = await appProject({ 'server.js': hello(1) });
  const app = await serve('server.js', { warm: { path: '/health', timeoutMs: 3_000 } });
  await write({ 'server.js': hello(2) });
  await expect(app.reload()).rejects.toMatchObject({
    cause: {
      code: 'START_TIMEOUT',
      message: expect.stringMatching(/GET \/health answered 503 for 3000 ms/) as string,
    },
  });
  expect(await textOf(app.urls[0])).toBe('1 /');
  await write({ 'server.js': hello(3) });
  await app.reload();
  expect(await textOf(app.urls[0])).toBe('3 /');
});

test('a server that listens long after its entry has been evaluated is up when it is served', async () => {
  const { serve } = await appProject({
    'server.js': `setTimeout(() => { ${hello(1)} }, 300);`,
  });
  expect(await textOf((await serve('server.js')).urls[0])).toBe('1 /');
});

test.each(['cjs', 'mjs'])('a module that no text names joins the files of the app: %s', async (kind) => {
  const load = kind === 'cjs' ? 'require' : 'await import';
  const { write, serve } = await appProject({
    [`server.${kind}`]: `${kind === 'cjs' ? "const http = require('http')" : "import http from 'http'"};
      const name = ['./hidden', '${kind}'].join('.');
      const { edition } = ${load}(name);
      http.createServer((_, response) => response.end(edition)).listen(0, '127.0.0.1');`,
    'hidden.cjs': `exports.edition = '1';`,
    'hidden.mjs': `export const edition = '1';`,
  });
  const { logger, warned } = warningLogger();
  const app = await serve(`server.${kind}`, { swapper: { logger } });
  await expect
    .poll(() => warned)
    .toEqual([expect.stringMatching(/hidden\.[cm]js was loaded from the disk/) as string]);
  await app.reload();
  expect([...app.files].some((file) => file.endsWith(`hidden.${kind}`))).toBe(true);
  await write({ 'hidden.cjs': `exports.edition = '2';`, 'hidden.mjs': `export const edition = '2';` });
  expect(await app.reload()).toEqual({ gate: 'ok' });
  expect(await textOf(app.urls[0])).toBe('2');
});

test.each(['cjs', 'mjs'])(
  'a file that is only named is refused if it cannot be parsed, once it was loaded: %s',
  async (kind) => {
    const isRequired = kind === 'cjs';
    const chunk = (edition: number): string =>
      `${isRequired ? 'exports.edition' : 'export const edition'} = ${edition};`;
    const name = `['.', 'chunks', 'hail.${kind}'].join('/')`;
    const { write, serve } = await appProject({
      [`server.${kind}`]: `${isRequired ? "const http = require('http')" : "import http from 'http'"};
      http.createServer(async (_, response) => {
        const { edition } = ${isRequired ? 'require' : 'await import'}(${name});
        response.end(String(edition));
      }).listen(0, '127.0.0.1');`,
      [`chunks/hail.${kind}`]: chunk(1),
      [`chunks/template.${kind}`]: '{{ no module }}',
    });
    const app = await serve(`server.${kind}`, { files: ['chunks/**'] });
    expect(await textOf(app.urls[0])).toBe('1');
    expect(await app.reload()).toEqual({ gate: 'unchanged' });
    await write({ [`chunks/hail.${kind}`]: 'const = ;' });
    await expect(app.reload()).rejects.toThrow(`hail.${kind}:1:7`);
    expect(await textOf(app.urls[0])).toBe('1');
    await write({ [`chunks/hail.${kind}`]: chunk(2) });
    expect(await app.reload()).toEqual({ gate: 'ok' });
    expect(await textOf(app.urls[0])).toBe('2');
  },
);

test('one warning names the first of many modules that no text names, and a pattern for all', async () => {
  const places = Array.from({ length: 40 }, (_, index) => `.next/server/chunks/${index}.js`);
  const { serve } = await appProject({
    'server.cjs': `
      const load = (index) => require([__dirname, '.next', 'server', 'chunks', index + '.js'].join('/'));
      for (let index = 0; index < 40; index++) load(index);
      require('http').createServer((_, response) => response.end()).listen(0, '127.0.0.1');`,
    ...Object.fromEntries(places.map((place) => [place, 'exports.edition = 1;'])),
  });
  const { logger, warned } = warningLogger();
  await serve('server.cjs', { swapper: { logger } });
  await expect.poll(() => warned, { timeout: 10_000 }).not.toEqual([]);
  expect(warned).toEqual([
    expect.stringMatching(
      /chunks\/0\.js, \S+chunks\/1\.js, \S+chunks\/2\.js and 37 more were loaded from the disk: .* --files "\.next\/server\/chunks\/\*\*"\.$/,
    ) as string,
  ]);
});

test('plugins stand beside an app in one swapper: a reload takes both', async () => {
  const { folder, serve } = await appProject({
    'server.js': `
      const { context } = require('liveswap/plugin');
      require('http').createServer(async (_, response) => response.end(await context.vault.call('live_hail'))).listen(0, '127.0.0.1');`,
  });
  const plugins = join(folder, 'dist/plugins');
  await mkdir(plugins, { recursive: true });
  const herald = (edition: number): Promise<void> =>
    deploy(plugins, { name: 'herald', live: { live_hail: `() => 'Hail ${edition}'` } });
  await herald(1);
  const app = await serve('server.js', { plugins });
  expect(await textOf(app.urls[0])).toBe('Hail 1');
  await herald(2);
  expect(await app.reload()).toEqual({ gate: 'unchanged', herald: 'ok' });
  expect(await textOf(app.urls[0])).toBe('Hail 2');
});

test.each([
  [{ ready: 'listening' }, /ready must be 'evaluated'/],
  [{ warm: { path: 'health' } }, /warm must be/],
  [{ threads: 0 }, /threads must be a whole number/],
  [{ file: ['views/**'] }, /no option file; did you mean files/],
])('an option that cannot be is refused by name: %o', async (options, message) => {
  const { serve } = await appProject({ 'server.js': '' });
  await expect(serve('server.js', options as object)).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: expect.stringMatching(message) as string,
  });
});
