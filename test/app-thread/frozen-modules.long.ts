import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { appFolder } from '../helpers/app-folder.js';

const tell = `import { context } from 'liveswap/plugin'; const { tell } = context.vault.extension as any;`;

test('ES modules, CommonJS, TypeScript and JSON run under their own names, whatever is on the disk by then', async () => {
  const app = await appFolder({
    'package.json': '{ "name": "@north/gate", "type": "module" }',
    'tsconfig.json': '{ "compilerOptions": { "paths": { "#watch/*": ["./src/watch/*"] } } }',
    'src/server.ts': `${tell}
      import ravens from './ravens.cjs';
      import { sword } from './armory.js';
      import { guard } from '#watch/guard';
      import { wall } from 'wall';
      import stores from './stores.json' with { type: 'json' };
      const { tale } = await import('./tales/north.ts');
      await tell({ url: import.meta.url, sword, guard, wall, stores, tale, ...ravens });`,
    'src/ravens.cjs': `exports.ravens = require('./messages/white'); exports.file = __filename; exports.folder = require('./messages');`,
    'src/messages/white.js': `module.exports = 'winter is coming';`,
    'src/messages/package.json': '{ "type": "commonjs" }',
    'src/messages/index.js': `exports.index = __dirname;`,
    'src/armory.ts': `export const sword: string = 'Ice';`,
    'src/watch/guard.ts': `export const guard = 'Jon' as string;`,
    'src/stores.json': '{ "grain": 3 }',
    'src/tales/north.ts': `export const tale: string = 'the long night';`,
    'packages/wall/package.json': '{ "name": "wall", "type": "module", "exports": "./wall.ts" }',
    'packages/wall/wall.ts': `export const wall: number = 700;`,
  });
  await app.link('node_modules/wall', 'packages/wall');
  await app.build({ entry: 'src/server.ts' });
  await app.remove('src');
  await app.remove('packages');

  const swapper = app.open();
  expect(await swapper.load()).toEqual({ gate: 'ok' });

  const file = join(app.folder, 'src/ravens.cjs');
  expect(app.told).toEqual([
    {
      url: pathToFileURL(join(app.folder, 'src/server.ts')).href,
      sword: 'Ice',
      guard: 'Jon',
      wall: 700,
      stores: { grain: 3 },
      tale: 'the long night',
      ravens: 'winter is coming',
      file,
      folder: { index: join(app.folder, 'src/messages') },
    },
  ]);
});

test('TypeScript is found by the name of what it would be compiled to, also where only the running code knows it', async () => {
  const app = await appFolder({
    'package.json': '{ "name": "gate", "type": "module" }',
    'src/server.ts': `${tell}
      const root = new URL('./', import.meta.url);
      const load = (path: string) => import(new URL(path, root).href);
      const [{ sword }, { axe }] = await Promise.all(['swords.js', 'axes.cjs'].map(load));
      await tell(sword, axe);`,
    'src/swords.ts': `export const sword: string = 'Ice';`,
    'src/axes.cts': `exports.axe = 'Gimli' as string;`,
  });
  await app.build({ entry: 'src/server.ts', files: ['src/**'] });
  await app.open().load();
  expect(app.told).toEqual(['Ice', 'Gimli']);
});

test('the entry is the main module of a main thread; packages see the truth', async () => {
  const app = await appFolder({
    'package.json': '{ "name": "gate" }',
    'server.js': `
      const { context } = require('liveswap/plugin');
      const { isMainThread, parentPort } = require('worker_threads');
      const other = require('./other');
      context.vault.extension.tell({
        main: require.main === module, isMainThread, parentPort, argv: process.argv.slice(1), other, scout: require('scout'),
      });`,
    'other.js': `module.exports = { main: require.main === module, isMainThread: require('node:worker_threads').isMainThread };`,
    'node_modules/scout/index.js': `module.exports = { isMainThread: require('worker_threads').isMainThread };`,
  });
  await app.build({ entry: 'server.js', args: ['--port', '0'] });
  const swapper = app.open();
  await swapper.load();
  expect(app.told).toEqual([
    {
      main: true,
      isMainThread: true,
      parentPort: null,
      argv: [join(app.folder, 'server.js'), '--port', '0'],
      other: { main: false, isMainThread: true },
      scout: { isMainThread: false },
    },
  ]);
});

test('own CommonJS that is imported has the require of CommonJS: for ES modules, its cache, stand-ins and circles', async () => {
  const app = await appFolder({
    'package.json': '{ "name": "gate" }',
    'server.mts': `${tell}
      import ravens, { count } from './ravens.cjs';
      await tell({ ...ravens, isSame: count === ravens.count });`,
    'ravens.cjs': `#!/usr/bin/env node
      'use strict';
      exports.early = 1;
      exports.count = (exports.count ?? 0) + 1;
      exports.seen = require('./circle.cjs').seen;
      exports.steel = require('steel').steel;
      exports.isCached = __filename in require.cache;
      exports.isMainThread = require('worker_threads').isMainThread;`,
    'circle.cjs': `exports.seen = require('./ravens.cjs').early;`,
    'node_modules/steel/package.json': '{ "name": "steel", "type": "module", "exports": "./steel.js" }',
    'node_modules/steel/steel.js': `export const steel = 'valyrian';`,
  });
  await app.build({ entry: 'server.mts' });
  await app.open().load();
  expect(app.told).toEqual([
    { early: 1, count: 1, seen: 1, steel: 'valyrian', isCached: true, isMainThread: true, isSame: true },
  ]);
});

test('own CommonJS that is imported has the names that it gives on from other own CommonJS', async () => {
  const app = await appFolder({
    'package.json': '{ "name": "gate" }',
    'server.mts': `${tell}
      import { caw } from './flock.cjs';
      await tell(caw);`,
    'flock.cjs': `module.exports = require('./raven.cjs');`,
    'raven.cjs': `exports.caw = 'caw';`,
  });
  await app.build({ entry: 'server.mts' });
  await app.open().load();
  expect(app.told).toEqual(['caw']);
});

test('own CommonJS stays sloppy, and a stack names the line of the TypeScript', async () => {
  const app = await appFolder({
    'package.json': '{ "name": "gate" }',
    'server.ts': `import { context } from 'liveswap/plugin';
      import { fail } from './fail';
      interface Unused { a: 1 }
      const sloppy = require('./sloppy');
      try { fail(); } catch (error) { void (context.vault.extension as any).tell(sloppy(), (error as Error).stack!.split('\\n')[1]!.trim()); }`,
    'fail.ts': `interface Padding { a: 1 }\n\n\nexport function fail(): never {\n  throw new Error('the gate is shut');\n}\n`,
    'sloppy.js': `module.exports = function protected() { undeclared = 1; return typeof this; };`,
  });
  await app.build({ entry: 'server.ts' });
  await app.open().load();
  expect(app.told).toEqual(['object', expect.stringContaining(`${join(app.folder, 'fail.ts')}:5:9`)]);
});

test('a thread that is replaced after a crash loads the same bytes, although the disk has others', async () => {
  const app = await appFolder({
    'package.json': '{ "name": "gate", "type": "module" }',
    'server.js': `import { context } from 'liveswap/plugin'; import { edition } from './edition.js';
      await context.vault.extension.tell(edition);
      (async function obey() {
        if (await context.vault.extension.order() === 'die') throw new Error('slain');
        setTimeout(obey, 10);
      })();`,
    'edition.js': `export const edition = 1;`,
  });
  await app.build({ entry: 'server.js' });
  const orders: string[] = [];
  const swapper = app.open({
    extension: () => ({
      tell: (edition: unknown) => void app.told.push(edition),
      order: () => orders.shift(),
    }),
  });
  const replaced = new Promise((resolve) => swapper.on('threadReplaced', resolve));
  await swapper.load();
  await app.write({ 'edition.js': 'export const edition = 2;' });
  orders.push('die');
  await replaced;
  await expect.poll(() => app.told).toEqual([1, 1]);
});

test('a path is required as it is written, and imported as a URL', async () => {
  const names = ['100%', '50% off', 'a#1', 'b?2', 'c%20d', 'e f'];
  const app = await appFolder({
    'package.json': '{ "name": "gate", "type": "module" }',
    'server.js': `import { context } from 'liveswap/plugin';
      import { required } from './required.cjs';
      const load = async (path) => (await import(path)).default;
      await context.vault.extension.tell(
        required,
        [await load('./100%25.cjs'), await load('./c%2520d.cjs?v=1'), await load('./e%20f.cjs'), await load('./e f.cjs#1')],
        await load('./100%.cjs').catch(({ name }) => name),
      );`,
    'required.cjs': `const load = (path) => require(path);
      exports.required = ${JSON.stringify(names)}.map((name) => load('./' + name + '.cjs'));
      exports.required.push(require('./100%.cjs'), require('./a#1.cjs'), load('./folder/'), load('./folder'));`,
    ...Object.fromEntries(names.map((name) => [`${name}.cjs`, `module.exports = __filename;`])),
    'folder.json': '{}',
    'folder/package.json': '{ "type": "commonjs" }',
    'folder/index.js': 'module.exports = __dirname;',
  });
  await app.build({ entry: 'server.js', files: ['*.cjs', 'folder.json', 'folder/**'] });
  await app.remove('folder');
  for (const name of names) await app.remove(`${name}.cjs`);

  await app.open().load();
  const [required, imported, refused] = app.told;
  const at = (name: string): string => join(app.folder, `${name}.cjs`);
  expect(required).toEqual([...names.map(at), at('100%'), at('a#1'), join(app.folder, 'folder'), {}]);
  expect(imported).toEqual([at('100%'), at('c%20d'), at('e f'), at('e f')]);
  expect(refused).toMatch(/Error$/);
});
