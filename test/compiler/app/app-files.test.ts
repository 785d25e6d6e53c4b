import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { collectAppFiles } from '../../../lib/compiler/app/app-files.js';
import { buildApp } from '../../../lib/compiler/app/build-app.js';
import type { AppFiles } from '../../../lib/compiler/app/collected-files.js';
import { ModuleCompiler } from '../../../lib/compiler/app/module-compiler.js';
import { appFolder } from '../../helpers/app-folder.js';

const nothingMore = { patterns: [], also: [] };

async function collect(
  files: Readonly<Record<string, string>>,
  entry = 'server.js',
  patterns: readonly string[] = [],
): Promise<
  AppFiles & { readonly paths: string[]; readonly codeOf: (path: string) => string; readonly home: string }
> {
  const { folder } = await appFolder({ 'package.json': '{ "name": "gate" }', ...files });
  const app = await collectAppFiles(join(folder, entry), { patterns, also: [] }, new ModuleCompiler());
  return {
    ...app,
    home: folder,
    paths: app.table.map(({ path }) => path),
    codeOf: (path) => {
      const place = app.table.find((file) => file.path === path)?.code ?? path;
      return Buffer.from(app.carried.find((file) => file.path === place)?.bytes ?? []).toString();
    },
  };
}

test('files that code names beside itself belong to the app, scanned folders and the files that their modules name included', async () => {
  const { paths, folders } = await collect({
    'server.js': `
      const path = require('path'), fs = require('fs');
      const views = path.join(__dirname, 'views');
      app.set('views', views);
      for (const file of fs.readdirSync(path.join(__dirname, 'routes'))) require(path.join(__dirname, 'routes', file));
      fs.readFileSync(path.join(__dirname, 'motd.txt'));`,
    'views/page.ejs': '<p>',
    'views/parts/head.ejs': '<head>',
    'routes/armory.js': `require('../swords'); require('fs').readFileSync(__dirname + '/../prices.csv');`,
    'swords.js': '',
    'prices.csv': '1',
    'motd.txt': 'Hail',
    'unnamed.txt': '',
  });
  expect(paths).toEqual([
    'motd.txt',
    'package.json',
    'prices.csv',
    'routes/armory.js',
    'server.js',
    'swords.js',
    'views/page.ejs',
    'views/parts/head.ejs',
  ]);
  expect(folders).toEqual(['routes', 'views']);
});

test('files that the app writes itself are data, and stay on the disk', async () => {
  const { paths } = await collect({
    'server.js': `
      const path = require('path'), fs = require('fs');
      const file = path.join(__dirname, 'items.json');
      const items = JSON.parse(fs.readFileSync(file));
      fs.writeFileSync(file, '[]');
      new Database(path.join(__dirname, 'wall.db'));
      app.use(express.static(path.join(__dirname, 'uploads')));
      new winston.transports.File({ filename: path.join(__dirname, 'gate.txt') });`,
    'items.json': '[]',
    'wall.db': '',
    'uploads/a.png': '',
    'gate.txt': '',
  });
  expect(paths).toEqual(['package.json', 'server.js']);
});

test('folders that servers read by the working folder are offered; those that are taken are not', async () => {
  const files = {
    'server.js': `app.set('views', './views');`,
    'views/page.ejs': '',
    'public/a.css': '',
  };
  const [offer, ...others] = (await collect(files)).remarks;
  expect(others).toEqual([]);
  expect(offer).toBe(
    'views, public are read from the disk, so a release cannot be rolled back with them: to freeze them with the code, add --files "views/**" --files "public/**".',
  );
  expect((await collect(files, 'server.js', ['views/**', 'public'])).remarks).toEqual([]);
});

test('a folder with packages in it is a whole project: it is left on the disk, and that is said', async () => {
  const { paths, remarks } = await collect(
    {
      'src/server.js': `require('express').static(require('path').join(__dirname, '../client'));`,
      'client/index.html': '',
      'client/node_modules/react/index.js': '',
    },
    'src/server.js',
  );
  expect(paths).toEqual(['package.json', 'src/server.js']);
  expect(remarks).toEqual([expect.stringContaining('client is read from the disk') as string]);
});

test('files that are served keep the time of their last change; modules that are only run make no other version by it', async () => {
  const { folder } = await appFolder({
    'package.json': '{ "name": "gate" }',
    'server.js': `require('fs').readFileSync(__dirname + '/page.html'); require('./armory');`,
    'armory.js': '',
    'page.html': '',
  });
  const then = new Date('2011-04-17T21:00:00Z');
  for (const file of ['page.html', 'armory.js']) await utimes(join(folder, file), then, then);
  const { carried } = await collectAppFiles(join(folder, 'server.js'), nothingMore, new ModuleCompiler());
  const times = Object.fromEntries(carried.map(({ path, changedAt }) => [path, changedAt]));
  expect(times).toMatchObject({ 'page.html': then.getTime(), 'armory.js': undefined });
});

test('an app is compiled as the project says to which its tsconfig.json only refers', async () => {
  const { codeOf, paths } = await collect(
    {
      'tsconfig.json': JSON.stringify({
        files: [],
        include: [],
        references: [{ path: './tsconfig.spec.json' }, { path: './tsconfig.app.json' }],
      }),
      'tsconfig.spec.json': JSON.stringify({ include: ['src/*.spec.ts'] }),
      'tsconfig.app.json': JSON.stringify({
        compilerOptions: { experimentalDecorators: true, paths: { '~/*': ['./parts/*'] } },
        include: ['src'],
        exclude: ['src/*.spec.ts'],
      }),
      'src/server.ts': `import { noted } from '~/noted';\nclass Gate { @noted open() {} }\nnew Gate();`,
      'parts/noted.ts': `export const noted = (target: object, name: string) => {};`,
    },
    'src/server.ts',
  );
  expect(paths).toContain('parts/noted.ts');
  expect(codeOf('src/server.ts')).toContain('__decorateClass([');
});

test('decorators have their metadata where the tsconfig asks for it, and what only a parameter’s type names is taken', async () => {
  const { paths, codeOf } = await collect(
    {
      'tsconfig.json':
        '{ "compilerOptions": { "experimentalDecorators": true, "emitDecoratorMetadata": true } }',
      'src/main.ts': `import { Gate } from './gate'; new Gate(null!);`,
      'src/gate.ts': `
        import { Injectable } from '@nestjs/common';
        import { Sword } from './sword';
        @Injectable() export class Gate { constructor(private readonly sword: Sword) {} }`,
      'src/sword.ts': `export class Sword {}`,
    },
    'src/main.ts',
  );
  expect(paths).toContain('src/sword.ts');
  expect(codeOf('src/gate.ts')).toMatch(/"design:paramtypes", \[.*sword_1\.Sword/);
});

test.each(['"experimentalDecorators": true, "emitDecoratorMetadata": true', '"esModuleInterop": false'])(
  'a module that is half written is refused at its place where TypeScript compiles it, too (%s)',
  async (options) => {
    const gate = collect(
      {
        'tsconfig.json': `{ "compilerOptions": { ${options} } }`,
        'main.ts': `import './gate';`,
        'gate.ts': `@Injectable() class Gate {}\nopen('für', 1 2);\nif (Gate) {`,
      },
      'main.ts',
    );
    await expect(gate).rejects.toMatchObject({
      errors: [
        { text: "',' expected.", location: { file: 'gate.ts', line: 2, column: 15 } },
        { text: "'}' expected.", location: { file: 'gate.ts', line: 3 } },
      ],
    });
  },
);

test.each([
  ['off', '{ "compilerOptions": { "esModuleInterop": false } }', 'const express = require("express")'],
  ['on', '{ "compilerOptions": { "esModuleInterop": true } }', 'var express = __toESM(require("express"))'],
])('with esModuleInterop %s, a namespace of CommonJS is what tsc makes it', async (_, tsconfig, expected) => {
  const { codeOf } = await collect(
    { 'tsconfig.json': tsconfig, 'server.ts': `import * as express from 'express';\nexpress();` },
    'server.ts',
  );
  expect(codeOf('server.ts')).toContain(expected);
});

test('sloppy CommonJS, patterns that match nothing and scripts of a page that no parser takes do no harm', async () => {
  const { paths } = await collect({
    'server.js': `
      with (module) {} var public = 010;
      require('./lang/' + process.env.LANGUAGE); import(\`./none-\${public}.mjs\`);
      app.static(require('path').join(__dirname, 'pages'));`,
    'lang/de.js': `require('../words');`,
    'words.js': '',
    'pages/template.js': `<% if (user) { %> let name = "<%= name %>"; <% } %>`,
  });
  expect(paths).toEqual(['lang/de.js', 'package.json', 'pages/template.js', 'server.js', 'words.js']);
});

test('a file that changes while the app is read is refused by name, so that no version mixes two releases', async () => {
  const { folder } = await appFolder({
    'package.json': '{ "name": "gate" }',
    'server.js': `require('./armory');`,
    'armory.js': '1',
  });
  const compiler = new ModuleCompiler();
  const compile = compiler.compile.bind(compiler);
  compiler.compile = async (modules) => {
    await writeFile(join(folder, 'armory.js'), '2');
    return compile(modules);
  };
  await expect(collectAppFiles(join(folder, 'server.js'), nothingMore, compiler)).rejects.toMatchObject({
    code: 'BUILD_FAILED',
    message: expect.stringMatching(/armory\.js was changed while the app's files were read/) as string,
  });
});

test('a file that is saved again and again while the app is read is read as it is in the end, where a person edits it', async () => {
  const { folder } = await appFolder({
    'package.json': '{ "name": "gate" }',
    'server.js': `require('./armory');`,
    'armory.js': '0',
  });
  const compiler = new ModuleCompiler();
  const compile = compiler.compile.bind(compiler);
  let saves = 0;
  compiler.compile = async (modules) => {
    if (saves < 5) await writeFile(join(folder, 'armory.js'), `swords = ${++saves}`);
    return compile(modules);
  };
  const options = { entry: join(folder, 'server.js'), outDir: join(folder, 'out') };
  const { hash } = await buildApp({ ...options, isEdited: true }, compiler);
  expect(saves).toBe(5);
  expect(hash).toBe((await buildApp(options)).hash);
});

test.each([
  'package-lock.json',
  'bun.lockb',
  'node_modules/.package-lock.json',
  'node_modules/.modules.yaml',
])('other packages, as %s tells, make another version where the app is edited', async (lock) => {
  const { folder } = await appFolder({ 'package.json': '{ "name": "gate" }', 'server.js': '', [lock]: '1' });
  const options = { entry: join(folder, 'server.js'), outDir: join(folder, 'out'), isEdited: true };
  const before = await buildApp(options);
  await writeFile(join(folder, lock), '2');
  expect((await buildApp(options)).hash).not.toBe(before.hash);
});

test('an entry that is a folder is refused by name', async () => {
  const { folder } = await appFolder({ 'package.json': '{}' });
  await mkdir(join(folder, 'server'));
  await expect(
    collectAppFiles(join(folder, 'server'), nothingMore, new ModuleCompiler()),
  ).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: expect.stringContaining('is a folder') as string,
  });
});

test('a file that is read by a function whose name ends in File is frozen; one that such a class writes to is not', async () => {
  const { paths } = await collect({
    'server.js': `
      const { join } = require('path');
      require('fs').readFile(join(__dirname, 'page.html'), () => {});
      response.sendFile(join(__dirname, 'about.html'));
      pug.compileFile(join(__dirname, 'menu.pug'));
      new winston.transports.File(join(__dirname, 'visits.txt'));`,
    'page.html': '<p>',
    'about.html': '<p>',
    'menu.pug': 'p',
    'visits.txt': '',
  });
  expect(paths).toEqual(['about.html', 'menu.pug', 'package.json', 'page.html', 'server.js']);
});

test('imports that lead nowhere are for the moment in which they are loaded, as in Node; what stands beside them is taken', async () => {
  const { paths } = await collect({
    'server.js': `
      if (process.env.ARMORY) require('./none'), require('./armory');
      import('./lazy.mjs').catch(() => {});`,
    'armory.js': `const sword = require('./swords/none'); require('../above/none');`,
    'lazy.mjs': `import './gone.js'; import './here.mjs';`,
    'here.mjs': `export * from './gone-too.mjs';`,
  });
  expect(paths).toEqual(['armory.js', 'here.mjs', 'lazy.mjs', 'package.json', 'server.js']);
});

test('a linked package of a workspace is resolved as Node resolves it, and not as bundlers do', async () => {
  const { folder, link } = await appFolder({
    'package.json': '{ "name": "kingdom", "private": true }',
    'apps/gate/package.json': '{ "name": "gate" }',
    'apps/gate/server.js': `require('@kingdom/armory');`,
    'packages/armory/package.json': JSON.stringify({
      name: '@kingdom/armory',
      exports: { '.': { module: './bundled.mjs', import: './index.mjs', require: './index.cjs' } },
    }),
    'packages/armory/index.cjs': '',
    'packages/armory/index.mjs': '',
    'packages/armory/bundled.mjs': '',
  });
  await link('apps/gate/node_modules/@kingdom/armory', 'packages/armory');
  const entry = join(folder, 'apps/gate/server.js');
  const { table, root } = await collectAppFiles(entry, nothingMore, new ModuleCompiler());
  expect(root).toBe(folder);
  expect(table.map(({ path }) => path)).toEqual([
    'apps/gate/package.json',
    'apps/gate/server.js',
    'packages/armory/index.cjs',
    'packages/armory/package.json',
  ]);
});

test('folders that are links, and links that lead in a circle, are taken once, by the names that code uses', async () => {
  const { folder, link } = await appFolder({
    'package.json': '{ "name": "gate" }',
    'server.js': `require('./lib/armory'); require('fs').readdirSync(require('path').join(__dirname, 'views'));`,
    'shared/armory.js': `require('./swords');`,
    'shared/swords.js': '',
    'views/page.ejs': '',
  });
  await link('lib', 'shared');
  await link('views/again', 'views');
  const { table } = await collectAppFiles(join(folder, 'server.js'), nothingMore, new ModuleCompiler());
  expect(table.map(({ path }) => path).filter((path) => !path.startsWith('views/again'))).toEqual([
    'package.json',
    'server.js',
    'shared/armory.js',
    'shared/swords.js',
    'views/page.ejs',
  ]);
});

test('a pattern that matches nothing is said: it may be misspelt', async () => {
  const { home, paths, remarks } = await collect(
    { 'server.js': '', 'views/page.ejs': '', 'views/draft.ejs': '' },
    'server.js',
    ['veiws/**', 'views/**', '!views/draft.ejs'],
  );
  expect(paths).toEqual(['package.json', 'server.js', 'views/page.ejs']);
  expect(remarks).toEqual([`--files "veiws/**" matches no file below ${home}: see how it is spelt.`]);
});

test('compiled code finds the modules that Node finds, not the sources that the paths of its tsconfig.json lead to', async () => {
  const { paths } = await collect(
    {
      'package.json': JSON.stringify({
        name: 'gate',
        type: 'module',
        imports: { '#armory/*': './dist/armory/*.js' },
      }),
      'tsconfig.json': JSON.stringify({
        compilerOptions: {
          paths: { '#armory/*': ['./src/armory/*.ts'], '@shared/*': ['./src/shared/*.ts'] },
        },
      }),
      'src/armory/swords.ts': '',
      'src/shared/names.ts': '',
      'src/server.ts': `import '#armory/swords'; import '@shared/names';`,
      'dist/armory/swords.js': '',
      'dist/server.js': `import '#armory/swords'; import 'shared';`,
    },
    'dist/server.js',
  );
  expect(paths).toEqual(['dist/armory/swords.js', 'dist/server.js', 'package.json']);
});

test('a folder that one of its own modules lists is taken, and so is what a pattern of code matches', async () => {
  const { paths, folders } = await collect(
    {
      'package.json': '{ "name": "gate" }',
      'src/server.ts': `
        import './models';
        new DataSource({ migrations: [__dirname + '/migrations/*{.ts,.js}'], entities: [__dirname + '/../src/**/*.entity.ts'] });
        fs.readdirSync(__dirname + '/..');`,
      'src/models/index.js': `
        const fs = require('fs'), path = require('path');
        fs.readdirSync(__dirname).forEach((file) => require(path.join(__dirname, file)));`,
      'src/models/user.js': `require('../names');`,
      'src/names.ts': '',
      'src/guard.entity.ts': '',
      'src/migrations/1-init.ts': '',
      'src/migrations/1-init.d.ts': '',
      'src/unnamed.ts': '',
    },
    'src/server.ts',
  );
  expect(paths).toEqual([
    'package.json',
    'src/guard.entity.ts',
    'src/migrations/1-init.ts',
    'src/models/index.js',
    'src/models/user.js',
    'src/names.ts',
    'src/server.ts',
  ]);
  expect(folders).toEqual(['src/models']);
});

test('a path with parts that a library fills in is a pattern, too', async () => {
  const { paths } = await collect({
    'server.js': `
      const path = require('path');
      require('i18next').init({ backend: { loadPath: path.join(__dirname, '/locales/{{lng}}/{{ns}}.json') } });
      require('mail').init(__dirname + '/mail/%s.html');`,
    'locales/en/common.json': '{}',
    'locales/de/common.json': '{}',
    'locales/readme.md': '',
    'mail/hail.html': '',
  });
  expect(paths).toEqual([
    'locales/de/common.json',
    'locales/en/common.json',
    'mail/hail.html',
    'package.json',
    'server.js',
  ]);
});

test.each(['gate (old)', 'g[a]te', 'g{a,b}te', 'g*te'])(
  'an app in a folder with letters of patterns in its name, %s, is taken like any other',
  async (name) => {
    const { paths, codeOf } = await collect(
      {
        [`${name}/package.json`]: '{ "name": "gate" }',
        [`${name}/server.ts`]: `
        import './names.js';
        const word: string = 'hail';
        require('orm').init({ entities: [__dirname + '/entities/*.js'] });
        require('fs').readFileSync(__dirname + '/motd.txt');`,
        [`${name}/names.ts`]: '',
        [`${name}/entities/guard.js`]: '',
        [`${name}/motd.txt`]: 'Hail',
      },
      `${name}/server.ts`,
      ['motd.*'],
    );
    expect(paths).toEqual(['entities/guard.js', 'motd.txt', 'names.ts', 'package.json', 'server.ts']);
    expect(codeOf('server.ts')).toContain('const word = "hail"');
  },
);

test('data that a pattern of code matches stays on the disk; modules beside it are code', async () => {
  const { paths } = await collect({
    'server.js': `
      glob.sync(__dirname + '/data/*.json');
      glob.sync(__dirname + '/db/*.{js,sqlite}');
      glob.sync(__dirname + '/pages/*.html');`,
    'data/prices.json': '{}',
    'db/1-init.js': '',
    'db/gate.sqlite': '',
    'pages/hail.html': '',
  });
  expect(paths).toEqual(['db/1-init.js', 'package.json', 'pages/hail.html', 'server.js']);
});

test('a folder that one of its own modules lists stays on the disk when another module writes to it', async () => {
  const { folders } = await collect({
    'server.js': `require('./plugins');`,
    'plugins/index.js': `
      require('../install');
      for (const file of require('fs').readdirSync(__dirname)) require(__dirname + '/' + file);`,
    'install.js': `require('fs').mkdirSync(__dirname + '/plugins', { recursive: true });`,
  });
  expect(folders).toEqual([]);
});

test('files whose names differ by case only are two, and that is said', async () => {
  const { paths, remarks, codeOf, table } = await collect({
    'server.js': `require('./Sword'); require('./sword'); import('./axes/Axe.js'); import('./axes/axe.js');`,
    'Sword.js': `require('./armory');`,
    'sword.js': `require('./smithy');`,
    'armory.js': '',
    'smithy.js': '',
    'axes/Axe.ts': `export const axe: number = 1;`,
    'axes/axe.ts': `export const axe: number = 2;`,
  });
  expect(paths).toEqual([
    'Sword.js',
    'armory.js',
    'axes/Axe.ts',
    'axes/axe.ts',
    'package.json',
    'server.js',
    'smithy.js',
    'sword.js',
  ]);
  expect(table.find(({ path }) => path === 'server.js')?.imports).toEqual({
    './Sword': 'Sword.js',
    './sword': 'sword.js',
    './axes/Axe.js': 'axes/Axe.ts',
    './axes/axe.js': 'axes/axe.ts',
  });
  expect([codeOf('axes/Axe.ts'), codeOf('axes/axe.ts')].map((code) => /axe = (\d)/.exec(code)?.[1])).toEqual([
    '1',
    '2',
  ]);
  expect(remarks).toContainEqual(expect.stringMatching(/^Sword\.js and sword\.js differ by case only/));
});
