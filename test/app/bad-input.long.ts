import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { appProject } from '../helpers/app-project.js';
import { textOf } from '../helpers/text-of.js';
import { warningLogger } from '../helpers/quiet-logger.js';

const hello = (edition: number | string): string => `
  const http = require('http');
  http.createServer((_, response) => response.end('${edition}')).listen(0, '127.0.0.1');`;

const refusal = async (
  reload: Promise<unknown>,
): Promise<{ readonly code?: string; readonly message: string }> => {
  const error = await reload.then(
    () => undefined,
    (reason: unknown) => reason as { readonly cause?: unknown },
  );
  return error?.cause as { readonly code?: string; readonly message: string };
};

test('an entry that is deleted while it runs is refused by name; what runs serves on, and once it is back, it is reloaded', async () => {
  const { folder, write, serve } = await appProject({ 'server.js': hello(1) });
  const app = await serve('server.js');
  await rm(join(folder, 'server.js'));
  expect(await refusal(app.reload())).toMatchObject({
    code: 'OPTION_INVALID',
    message: expect.stringMatching(/There is no .*server\.js to start/) as string,
  });
  expect(await textOf(app.urls[0] ?? '')).toBe('1');
  await write({ 'server.js': hello(2) });
  await app.reload();
  expect(await textOf(app.urls[0] ?? '')).toBe('2');
});

test('a module that is gone is refused with who asks for it', async () => {
  const { folder, serve } = await appProject({
    'server.js': `const { edition } = require('./edition'); ${hello('${edition}').replaceAll("'${edition}'", 'edition')}`,
    'edition.js': `exports.edition = '1';`,
  });
  const app = await serve('server.js');
  await rm(join(folder, 'edition.js'));
  expect((await refusal(app.reload())).message).toMatch(
    /threw at .*server\.js:1(?::\d+)?: Cannot find module '\.\/edition'[\s\S]*correct it there/,
  );
  expect(await textOf(app.urls[0] ?? '')).toBe('1');
});

/** Faults in a module that the entry loads: the module's name and text, and the message of the refusal. */
const faulty: readonly [fault: string, module: string, text: string, message: RegExp][] = [
  ['throws undefined', 'parts.js', `throw undefined;`, /threw \(.*parts\.js\): undefined; correct it there/],
  ['throws an object', 'parts.js', `throw { sword: 1 };`, /threw \(.*parts\.js\): \{ sword: 1 \}; correct/],
  [
    'rejects with an object',
    'parts.mjs',
    `await Promise.reject({ sword: 1 });`,
    /threw \(.*server\.mjs\): \{ sword: 1 \}; correct it there/,
  ],
  [
    'throws an object after it was evaluated',
    'parts.js',
    `process.nextTick(() => { throw { sword: 1 }; });`,
    /died while it started \(.*server\.js\): \{ sword: 1 \}; correct it there/,
  ],
  [
    'imports a package that is not there',
    'parts.mjs',
    `\nimport { sword } from 'no-such-armory/swords';`,
    /threw at .*parts\.mjs:2: Cannot find package 'no-such-armory' .*; correct it there/,
  ],
  [
    'imports a module that is not there',
    'parts.mjs',
    `\n\nimport { sword } from './swords.mjs';`,
    /threw at .*parts\.mjs:3: Cannot find module .*swords\.mjs.*; correct it there/,
  ],
  [
    'takes more memory than its thread has',
    'parts.js',
    `const all = []; for (;;) all.push(new Array(100_000).fill(all.length));`,
    /died while it started \(.*parts\.js\): .*memory/,
  ],
];

test.each(faulty)('a module that %s is refused by its name', async (_, module, text, message) => {
  const isCommonJs = module.endsWith('.js');
  const entry = isCommonJs ? 'server.js' : 'server.mjs';
  const { write, serve } = await appProject({
    [entry]: isCommonJs
      ? `require('./${module}'); ${hello(1)}`
      : `import './${module}'; import http from 'node:http'; ${hello(1).replace(/const http = .*/, '')}`,
    [module]: '',
  });
  const app = await serve(entry, { swapper: { resourceLimits: { maxOldGenerationSizeMb: 48 } } });
  await write({ [module]: text });
  expect((await refusal(app.reload())).message).toMatch(message);
  expect(await textOf(app.urls[0] ?? '')).toBe('1');
});

test('a module that never ends is refused by its name', async () => {
  const { write, serve } = await appProject({
    'server.js': `require('./parts.js'); ${hello(1)}`,
    'parts.js': '',
  });
  const app = await serve('server.js', { swapper: { startMs: 5_000 } });
  await write({ 'parts.js': 'for (;;);' });
  expect(await refusal(app.reload())).toMatchObject({
    code: 'START_TIMEOUT',
    message: expect.stringMatching(/evaluation of .*parts\.js has not ended; look for what it/) as string,
  });
  expect(await textOf(app.urls[0] ?? '')).toBe('1');
});

test('a server that listens twice on one address is told EADDRINUSE, as in a process', async () => {
  const { write, serve } = await appProject({ 'server.js': hello(1) });
  const app = await serve('server.js');
  const { port } = new URL(app.urls[0] ?? '');
  await write({
    'server.js': `${hello(2).replace('listen(0', `listen(${port}`)}
      http.createServer().listen(${port}, '127.0.0.1');`,
  });
  expect((await refusal(app.reload())).message).toMatch(
    /at .*server\.js:4:\d+: listen EADDRINUSE.*; end what else listens there, or /,
  );
  expect(await textOf(app.urls[0] ?? '')).toBe('1');
});

test('an app of 5,000 files is frozen whole, and one edited file is another version', async () => {
  const modules = Array.from({ length: 5_000 }, (_, index) => index);
  const { write, serve } = await appProject({
    'server.js': `const sum = [${modules.map((one) => `require('./parts/${one}')`).join()}].reduce((a, b) => a + b);
      ${hello('x').replace("'x'", 'String(sum)')}`,
    ...Object.fromEntries(modules.map((one) => [`parts/${one}.js`, `module.exports = 1;`])),
  });
  const app = await serve('server.js');
  expect(app.files.size).toBe(5_002);
  expect(await textOf(app.urls[0] ?? '')).toBe('5000');
  await write({ 'parts/4999.js': 'module.exports = 2;' });
  expect(await app.reload()).toEqual({ gate: 'ok' });
  expect(await textOf(app.urls[0] ?? '')).toBe('5001');
  await app.swapper.rollback();
  expect(await textOf(app.urls[0] ?? '')).toBe('5000');
});

test('a package.json that is no JSON is refused with its name, and what runs serves on', async () => {
  const { write, serve } = await appProject({ 'server.js': hello(1) });
  const app = await serve('server.js');
  await write({ 'package.json': '{ "name": "gate", }', 'server.js': hello(2) });
  expect(await refusal(app.reload())).toMatchObject({
    code: 'BUILD_FAILED',
    message: expect.stringMatching(/package\.json:1:\d+/) as string,
  });
  expect(await textOf(app.urls[0] ?? '')).toBe('1');
});

test('errors that an app handles itself do not end its thread', async () => {
  const { serve } = await appProject({
    'server.js': `
      let handled = 0;
      process.on('uncaughtException', () => handled++);
      process.on('unhandledRejection', () => handled++);
      require('http').createServer((request, response) => {
        if (request.url === '/throw') setImmediate(() => { throw new Error('no sword'); });
        if (request.url === '/reject') void Promise.reject(new Error('no raven'));
        setTimeout(() => response.end(String(handled)), 20);
      }).listen(0, '127.0.0.1');`,
  });
  const app = await serve('server.js');
  const [url = ''] = app.urls;
  expect(await textOf(`${url}/throw`)).toBe('1');
  expect(await textOf(`${url}/reject`)).toBe('2');
});

test('an error that an app handles itself costs no other connection what has come with it', async () => {
  const { serve } = await appProject({
    'server.js': `
      process.on('uncaughtException', () => {});
      require('http').createServer((request, response) => {
        if (request.url === '/throw') throw new Error('no sword');
        response.end('sword');
      }).listen(0, '127.0.0.1');`,
  });
  const app = await serve('server.js');
  const { port } = new URL(app.urls[0] ?? '');
  const visitors = Array.from({ length: 20 }, () => connect(Number(port), '127.0.0.1'));
  onTestFinished(() => visitors.forEach((socket) => socket.destroy()));
  const ask = (path: string, socket: Socket): Promise<unknown> => {
    socket.write(`GET ${path} HTTP/1.1\r\nHost: gate\r\n\r\n`);
    return once(socket, 'data');
  };
  await Promise.all(visitors.map((socket) => ask('/', socket)));
  // All of them are read in one turn, so they cross in one message.
  const answers = visitors.map((socket, at) => ask(at % 2 ? '/' : '/throw', socket));
  const answered = await Promise.all(answers.filter((_, at) => at % 2));
  expect(answered.map(String).filter((text) => !text.endsWith('sword'))).toEqual([]);
});

test('a connection goes on after many errors that its app handles', async () => {
  const { serve } = await appProject({
    'server.js': `
      process.on('uncaughtException', () => {});
      require('net').createServer((socket) => {
        let count = 0;
        socket.on('data', (bytes) => {
          count += bytes.length;
          if (count % 20_000 === 0) socket.write('sword');
          throw new Error('no scabbard');
        });
      }).listen(0, '127.0.0.1');`,
  });
  const app = await serve('server.js');
  const socket = connect(Number(new URL(app.urls[0] ?? '').port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  // More than may be in transit on one connection.
  for (let count = 0; count < 30; count++) {
    socket.write('k'.repeat(20_000));
    expect(String((await once(socket, 'data'))[0])).toBe('sword');
  }
});

test('an app whose listener throws when it listens, and that handles it, is up', async () => {
  const { serve } = await appProject({
    'server.js': `
      process.on('uncaughtException', () => {});
      const server = require('http').createServer((request, response) => response.end('sword'));
      server.listen(0, '127.0.0.1', () => { throw new Error('no banner'); });`,
  });
  const app = await serve('server.js');
  expect(await textOf(app.urls[0] ?? '')).toBe('sword');
});

test.each([
  [
    'HTTP/2 servers',
    'serve HTTP/1.1, with HTTP/2 in a proxy before it',
    `require('http2').createServer().listen(0, '127.0.0.1');`,
  ],
  [
    'listening on a handle',
    'listen on a port or a path',
    `require('http').createServer().listen({ fd: 3 });`,
  ],
  [
    'datagram sockets that are bound to a port',
    'serve the app with --exclusive-start',
    `require('dgram').createSocket('udp4').bind({ port: 40_000, address: '127.0.0.1' });`,
  ],
])('%s are refused by name, with what to do', async (what, remedy, text) => {
  const { serve } = await appProject({ 'server.js': text });
  await expect(serve('server.js')).rejects.toMatchObject({
    code: 'LOAD_FAILED',
    message: expect.stringContaining(`liveswap does not take over ${what} yet: ${remedy}, or`) as string,
  });
});

test('an app that looks at no refusal is warned of it, before it is up and after that', async () => {
  const { logger, warned } = warningLogger();
  const { serve } = await appProject({
    'server.js': `
      const [http, http2] = [require('http'), require('http2')];
      const open = (server, ...args) => { try { server.listen(...args); } catch {} };
      open(http2.createServer(), 0);
      http.createServer((_, response) => {
        open(http.createServer(), { fd: 3 });
        response.end('up');
      }).listen(0, '127.0.0.1');`,
  });
  const app = await serve('server.js', { swapper: { logger } });
  const refusal = (what: string): string =>
    expect.stringContaining(`liveswap does not take over ${what} yet`) as string;
  const early = refusal('HTTP/2 servers');
  await expect.poll(() => warned).toEqual([early]);
  expect(await textOf(app.urls[0] ?? '')).toBe('up');
  await expect.poll(() => warned).toEqual([early, refusal('listening on a handle')]);
});
