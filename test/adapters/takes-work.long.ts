import * as nodeModule from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { adaptedApp, touch } from '../helpers/adapted-app.js';
import { filesOfPage } from '../helpers/files-of-page.js';

/** A package whose class begins to work in its constructor, as many do. */
const consumer = `
class Consumer {
  static kinds = ['sword'];
  constructor(name, handler, { autorun = true, tell } = {}) {
    Consumer.last = this;
    Object.assign(this, { name, handler, tell });
    if (autorun) this.run();
  }
  run(cursor = 0) { this.tell(this.name + ' runs from ' + cursor); this.cursor = cursor + 1; }
  halt() { this.tell(this.name + ' halts'); return this.cursor; }
  go() { this.tell(this.name + ' goes on'); }
  finish() { this.tell(this.name + ' ends'); }
  deliver(work) { return this.handler(work); }
}`;

const { 'armory-adapter.mjs': adapter = '' } = await filesOfPage('docs/adapters.md');

const commonJs = {
  'node_modules/armory-queue/package.json': '{ "name": "armory-queue", "version": "2.1.0" }',
  'node_modules/armory-queue/index.js': `${consumer}\nconst other = 1;\nmodule.exports = { Consumer, other };`,
  'armory-adapter.mjs': adapter,
};
const esModule = {
  'node_modules/armory-queue/package.json':
    '{ "name": "armory-queue", "version": "2.1.0", "type": "module", "exports": "./index.js" }',
  'node_modules/armory-queue/index.js': `${consumer}\nexport { Consumer }; export const other = 1; export default { here: true };`,
  'armory-adapter.mjs': adapter,
};

const server = `
class Squire extends Consumer {}
const one = new Squire('squire', async () => {}, { tell });
tell({ isSquire: one instanceof Squire, isConsumer: one instanceof Consumer, kinds: Consumer.kinds, other, runs: one.cursor ?? 0 });`;

test.each([
  [
    'CommonJS requires CommonJS',
    commonJs,
    'server.cjs',
    `const { Consumer, other } = require('armory-queue');\nconst { tell } = require('./tell.cjs');`,
  ],
  [
    'an ES module imports CommonJS',
    commonJs,
    'server.mjs',
    `import { Consumer, other } from 'armory-queue';\nimport { tell } from './tell.mjs';`,
  ],
  [
    'an ES module imports CommonJS whole',
    commonJs,
    'server.mjs',
    `import queue from 'armory-queue';\nimport { tell } from './tell.mjs';\nconst { Consumer, other } = queue;`,
  ],
  [
    'an ES module imports an ES module',
    esModule,
    'server.mjs',
    `import { Consumer, other } from 'armory-queue';\nimport { tell } from './tell.mjs';`,
  ],
])(
  '%s: what takes work begins with its version, pauses, hands over and ends',
  async (_name, files, entry, imports) => {
    const { folder, told, serve } = await adaptedApp({ ...files, [entry]: `${imports}\n${server}` });
    const app = await serve(entry, { adapters: [join(folder, 'armory-adapter.mjs')] });
    const facts = { isSquire: true, isConsumer: true, kinds: ['sword'], other: 1, runs: 0 };
    await expect.poll(() => told).toEqual([facts, 'squire runs from 0']);
    told.length = 0;
    await touch(folder, entry, `${imports}\n${server}`, 2);
    expect(await app.reload()).toEqual({ gate: 'ok' });
    await expect.poll(() => told).toEqual([facts, 'squire halts', 'squire runs from 1', 'squire ends']);
  },
);

test('packages are given the adapted one as well, but not the package itself', async () => {
  const text = `const { make } = require('armory-kit'); const { tell } = require('./tell.cjs'); make(tell);`;
  const { folder, told, serve } = await adaptedApp({
    ...commonJs,
    'node_modules/armory-kit/package.json': '{ "name": "armory-kit", "version": "1.0.0" }',
    'node_modules/armory-kit/index.js': `const { Consumer } = require('armory-queue');
exports.make = (tell) => { tell('made', new Consumer('kit', () => {}, { tell }).cursor ?? 0); };`,
    'server.cjs': text,
  });
  await serve('server.cjs', { adapters: [join(folder, 'armory-adapter.mjs')] });
  await expect.poll(() => told).toEqual([['made', 0], 'kit runs from 0']);
});

test('work that the app begins itself waits until its version is active, and begins once', async () => {
  const text = `import { Consumer } from 'armory-queue';
import { tell } from './tell.mjs';
const one = new Consumer('page', () => {}, { tell });
tell('before');
await one.run();
tell('after');`;
  const { folder, told, serve } = await adaptedApp({ ...esModule, 'server.mjs': text });
  const app = await serve('server.mjs', { adapters: [join(folder, 'armory-adapter.mjs')] });
  await expect.poll(() => told).toEqual(['before', 'page runs from 0', 'after']);
  await touch(folder, 'server.mjs', text, 2);
  await app.reload();
  await expect.poll(() => told.slice(3, 5)).toEqual(['before', 'page halts']);
});

test('a refused reload leaves the old one at work, after it had paused', async () => {
  const text = (edition: number): string => `import { Consumer } from 'armory-queue';
import { tell } from './tell.mjs';
const one = new Consumer('${edition}', () => {}, { tell });
if (${edition} === 2) one.run = () => { throw new Error('no sword'); };`;
  const { folder, told, write, serve } = await adaptedApp({ ...esModule, 'server.mjs': text(1) });
  const app = await serve('server.mjs', { adapters: [join(folder, 'armory-adapter.mjs')] });
  await write({ 'server.mjs': text(2) });
  await expect(app.reload()).rejects.toMatchObject({ code: 'RELOAD_FAILED', cause: { code: 'HOOK_FAILED' } });
  expect(told.filter((one) => typeof one === 'string' && one.startsWith('1'))).toEqual([
    '1 runs from 0',
    '1 halts',
    '1 goes on',
  ]);
});

test('a version that no adapter knows is left alone, and said', async () => {
  const { folder, told, lines, serve } = await adaptedApp({
    ...commonJs,
    'node_modules/armory-queue/package.json': '{ "name": "armory-queue", "version": "1.9.0" }',
    'server.cjs': `const { Consumer } = require('armory-queue'); new Consumer('old', () => {}, require('./tell.cjs'));`,
  });
  await serve('server.cjs', { adapters: [join(folder, 'armory-adapter.mjs')] });
  await expect.poll(() => told).toEqual(['old runs from 0']);
  await expect
    .poll(() => lines)
    .toContainEqual({
      level: 'warn',
      message:
        'No adapter knows armory-queue 1.9.0 (there is one for >=2): it runs in the old and the new version side by side.',
    });
});

test('what an ES module imports that CommonJS requires is adapted, or said not to be', async () => {
  const squire = {
    type: 'module',
    name: 'squire',
    version: '1.0.0',
    exports: './index.js',
    dependencies: { 'armory-queue': '2' },
  };
  const { folder, told, lines, serve } = await adaptedApp({
    ...commonJs,
    'node_modules/squire/package.json': JSON.stringify(squire),
    'node_modules/squire/index.js': `import { Consumer } from 'armory-queue';
      export const runsAtOnce = () => new Consumer('squire', async () => {}, { tell: () => {} }).cursor === 1;`,
    // There is an adapter for what this one could use, which is not installed.
    'node_modules/page/package.json':
      '{ "type": "module", "name": "page", "exports": "./index.js", "peerDependencies": { "kafkajs": "*" } }',
    'node_modules/page/index.js': 'export const page = 1;',
    // This one needs it by way of another ES module.
    'node_modules/knight/package.json':
      '{ "type": "module", "name": "knight", "exports": "./index.js", "dependencies": { "squire": "1" } }',
    'node_modules/knight/index.js': "export { runsAtOnce } from 'squire';",
    'north.mjs': 'export const north = 1;',
    'server.cjs': `require('page');
      require('knight');
      require('./north.mjs');
      require('./tell.cjs').tell(require('squire').runsAtOnce());`,
  });
  await serve('server.cjs', { adapters: [join(folder, 'armory-adapter.mjs')] });
  await expect.poll(() => told).toHaveLength(1);
  // Without `registerHooks`, Node asks nobody for what a required ES module imports.
  const isReached = 'registerHooks' in nodeModule;
  expect(told).toEqual([!isReached]);
  const warnings = lines.filter(({ level }) => level === 'warn').map(({ message }) => message);
  expect(warnings).toEqual(
    isReached
      ? []
      : [
          expect.stringMatching(/^knight is .* no adapter reaches the armory-queue that it imports/),
          expect.stringMatching(/north\.mjs is an ES module that CommonJS requires.* it is not frozen/),
          expect.stringMatching(
            /^squire is an ES module .* no adapter reaches the armory-queue that it imports/,
          ),
        ],
  );
});

test('a run of a held function keeps its version alive', async () => {
  const text = `import { createServer } from 'node:http';
import { Consumer } from 'armory-queue';
import { tell } from './tell.mjs';
let deliver;
const one = new Consumer('held', async () => { await new Promise((resolve) => (deliver = resolve)); tell('delivered'); }, { tell });
one.deliver({});
const { context } = await import('liveswap/plugin');
context.signal.addEventListener('abort', () => { tell('draining'); setTimeout(() => deliver(), 50); });`;
  const { folder, told, serve } = await adaptedApp({ ...esModule, 'server.mjs': text });
  const app = await serve('server.mjs', { adapters: [join(folder, 'armory-adapter.mjs')] });
  await expect.poll(() => told).toEqual(['held runs from 0']);
  told.length = 0;
  await touch(folder, 'server.mjs', text, 2);
  await app.reload();
  await expect.poll(() => told.at(-1)).toBe('held ends');
  expect(told.indexOf('delivered')).toBeGreaterThan(told.indexOf('draining'));
  expect(told.indexOf('held ends')).toBeGreaterThan(told.indexOf('delivered'));
});
