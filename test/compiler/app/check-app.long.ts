import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { checkApp, type AppCheckOptions } from '../../../lib/compiler/app/check/check-app.js';
import { appFolder } from '../../helpers/app-folder.js';

/** Resolves to `fate file:line` for every fact about an app. */
async function said(
  files: Readonly<Record<string, string>>,
  { entry = 'server.js', ...options }: Partial<AppCheckOptions> = {},
): Promise<{ readonly lines: string[]; readonly text: string; readonly remarks: readonly string[] }> {
  const { folder } = await appFolder({ 'package.json': '{ "name": "gate" }', ...files });
  const adapters = options.adapters?.map((file) => join(folder, file));
  const { facts, remarks } = await checkApp({
    ...options,
    ...(adapters && { adapters }),
    entry: join(folder, entry),
  });
  return {
    remarks,
    lines: facts.map(({ fate, file, line }) => `${fate} ${relative(folder, file)}:${line}`),
    text: facts.map(({ what, remedy }) => `${what} ${remedy}`).join('\n'),
  };
}

function installed(name: string, version: string, code: string): Record<string, string> {
  return {
    [`node_modules/${name}/package.json`]: JSON.stringify({ name, version, main: 'index.js' }),
    [`node_modules/${name}/index.js`]: code,
  };
}

test('state that calls change is lost, in CommonJS, ES modules and TypeScript; constants are not state', async () => {
  const { lines } = await said({
    'server.js': `
      const { guards } = require('./guards');
      const names = ['Ironkill'];
      const sessions = new Map();
      require('http').createServer((request, response) => {
        sessions.set(request.url, names);
        response.end(String(guards()));
      }).listen(0);`,
    'guards.ts': `
      import { swords } from './swords.mjs';
      let count = 0;
      export function guards() { count += 1; return count + swords().length; }`,
    'swords.mjs': `
      const made = [];
      export function swords() { made.push('sword'); return made; }`,
  });
  expect(lines).toEqual(['lost guards.ts:3', 'lost server.js:4', 'lost swords.mjs:2']);
});

test('an interval runs in one version at a time, a timer that sets itself again in two', async () => {
  const { lines, text } = await said({
    'server.js': `
      import { setTimeout as wait } from 'node:timers/promises';
      setInterval(() => console.log('watch'), 1000);
      function patrol() { console.log('patrol'); setTimeout(patrol, 1000); }
      patrol();
      await wait(1);
      setTimeout(() => console.log('once'), 10);`,
  });
  expect(lines).toEqual(['overlaps server.js:4', 'held server.js:3']);
  expect(text).toContain('side by side until the old one ends');
});

test('lists uses of Node that read the disk, are refused, are never called or stay with their version, by whatever names they are imported', async () => {
  const { lines } = await said({
    'server.js': `
      const workers = require('node:worker_threads');
      const { fork: split } = require('child_process');
      const net = require('net');
      new workers.Worker(__dirname + '/forge.js');
      split(__dirname + '/forge.js');
      require('http2').createServer();
      require('dgram').createSocket('udp4');
      new (require('@grpc/grpc-js').Server)();
      process.on('SIGHUP', () => {});
      process.on('SIGTERM', () => {});
      const server = net.createServer();
      server.on('upgrade', () => {});
      const shop = { createServer() {} };
      shop.createServer();`,
    'forge.js': '',
  });
  expect(lines).toEqual([
    'refused server.js:7',
    'refused server.js:8',
    'refused server.js:9',
    'disk server.js:5',
    'disk server.js:6',
    'deaf server.js:10',
    'stays server.js:12',
    'stays server.js:13',
  ]);
});

const consumer = `
  import { Worker, Queue } from 'bullmq';
  export const queue = new Queue('mail');
  export const worker = new Worker('mail', async () => {});`;

test('a consumer whose package an adapter knows is adapted; of another version, or left without, it overlaps or is unknown', async () => {
  const files = { 'server.js': consumer };
  expect(await said({ ...files, ...installed('bullmq', '5.1.0', '') })).toMatchObject({
    lines: ['adapted server.js:4'],
  });
  const old = await said({ ...files, ...installed('bullmq', '3.0.0', '') });
  expect(old.lines).toEqual(['overlaps server.js:4']);
  expect(old.text).toContain('No adapter knows bullmq 3.0.0');
  expect(
    await said({ ...files, ...installed('bullmq', '5.1.0', '') }, { noAdapters: ['bullmq'] }),
  ).toMatchObject({ lines: [] });
});

test('an adapter of one’s own counts', async () => {
  const { lines } = await said(
    {
      'server.js': `const armory = require('armory-queue'); new armory.Consumer();`,
      'adapter.mjs': `
        import { defineAdapter, takesWork } from 'liveswap/adapters';
        export default defineAdapter('armory-queue', { versions: '*', exports: { Consumer: takesWork({}) } });`,
      ...installed('armory-queue', '1.0.0', ''),
    },
    { adapters: ['adapter.mjs'] },
  );
  expect(lines).toEqual(['adapted server.js:1']);
});

test('sessions in memory are lost, and kept with stores; a store of its own is its own affair', async () => {
  const files = {
    'server.js': `
      const session = require('express-session');
      session({ secret: 'a' });
      session({ secret: 'a', store: new Redis() });`,
    ...installed('express-session', '1.18.0', ''),
  };
  expect((await said(files)).lines).toEqual(['lost server.js:3']);
  expect((await said(files, { stores: 'auto' })).lines).toEqual(['kept server.js:3']);
  const without = { stores: 'auto', noAdapters: ['express-session'] } as const;
  expect((await said(files, without)).lines).toEqual(['lost server.js:3']);
  const old = { ...files, ...installed('express-session', '1.16.0', '') };
  const { lines, text } = await said(old, { stores: 'auto' });
  expect(lines).toEqual(['lost server.js:3']);
  expect(text).not.toContain('--stores auto');
});

test('functions that are registered with Fastify are judged like functions that are called', async () => {
  const files = {
    'server.js': `
      import session from '@fastify/session';
      app.register(session, { secret: 'a' });
      app.register(session, { secret: 'a', store: new Redis() });
      app.register(import('@fastify/rate-limit'), { max: 10 });
      app.register(other, {});`,
    ...installed('@fastify/session', '11.0.0', ''),
    ...installed('@fastify/rate-limit', '10.0.0', ''),
  };
  expect((await said(files)).lines).toEqual(['lost server.js:3', 'lost server.js:5']);
  expect((await said(files, { stores: 'auto' })).lines).toEqual(['kept server.js:3', 'kept server.js:5']);
});

test('an entry without an extension is looked at as Node runs it', async () => {
  const { lines } = await said(
    { 'bin/www': `#!/usr/bin/env node\nlet seen = 0;\nrequire('http').createServer(() => seen++);` },
    { entry: 'bin/www' },
  );
  expect(lines).toEqual(['lost bin/www:2']);
});

test('a file that cannot be parsed is refused with its place, be it an adapter', async () => {
  await expect(said({ 'server.js': 'const a = ;' })).rejects.toMatchObject({
    code: 'BUILD_FAILED',
    message: expect.stringMatching(/server\.js:1:11/) as string,
  });
  const adapter = { 'server.js': '', 'adapter.mjs': 'export default = ;' };
  await expect(said(adapter, { adapters: ['adapter.mjs'] })).rejects.toMatchObject({
    code: 'BUILD_FAILED',
    message: expect.stringContaining('adapter.mjs') as string,
  });
});

test('a comment with a reason takes back what is well as it is, by the name of apps or of the rule that says the same; others are told', async () => {
  const { lines, remarks } = await said(
    {
      'bin/www': `#!/usr/bin/env node
      // liveswap-ignore swap: a guess is as good as a count
      let hits = 0;
      // liveswap-ignore no-globals: filled from the database at the first call
      const names = new Map();
      // liveswap-ignore no-long-tasks, no-process-control: both versions may walk the wall
      function patrol() { setTimeout(patrol, 1000); }
      // liveswap-ignore no-process-control: nothing is to be done then
      process.on('SIGHUP', () => {});
      // liveswap-ignore no-globals:
      let ravens = 0;
      // liveswap-ignore moat: dry
      // liveswap-ignore cloneable-boundary: of a plugin that has this file, too
      const swords = 1;
      patrol();
      exports.count = (name) => { names.set(name, swords); return (hits += 1) + (ravens += 1); };`,
    },
    { entry: 'bin/www' },
  );
  expect(lines).toEqual(['lost bin/www:11']);
  expect(remarks).toEqual([
    'bin/www:6: The next line does not break no-process-control. Remove the suppression.',
    expect.stringMatching(/^bin\/www:10: This suppression of no-globals gives no reason\. Say why/),
    expect.stringMatching(/^bin\/www:12: There is no rule called moat\. Write .*swap, cloneable-boundary/),
  ]);
});
