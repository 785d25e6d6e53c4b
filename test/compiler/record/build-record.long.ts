import {
  appendFile,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BuildRecord } from '../../../lib/compiler/record/build-record.js';
import { prepareOutFolder } from '../../../lib/compiler/out-folder.js';
import { BuildSession } from '../../../lib/compiler/session.js';
import { tempFolder } from '../../helpers/temp-folder.js';
import { until } from '../../helpers/until.js';
import { writeFiles, type Files } from '../../helpers/write-plugins.js';

const files: Files = {
  'package.json': '{ "type": "module" }',
  'tsconfig.json': '{ "extends": "./base.json", "include": ["**/*.ts"], "exclude": ["dist"] }',
  'base.json':
    '{ "compilerOptions": { "module": "nodenext", "target": "es2023", "strict": true, "types": [] } }',
  'plugins/herald/index.ts': [
    `import { definePlugin } from 'liveswap/plugin';`,
    `import { greeting } from '../../shared/index.js';`,
    `import { shout } from 'shouting';`,
    `export async function live_greet(): Promise<string> { return shout(greeting); }`,
    `export default definePlugin({});`,
  ].join('\n'),
  'shared/index.ts': `export { greeting } from './words/index.js';`,
  'shared/words/index.ts': `export const greeting = 'Hail';`,
  'node_modules/shouting/package.json':
    '{ "name": "shouting", "version": "1.0.0", "main": "index.js", "types": "index.d.ts" }',
  'node_modules/shouting/index.js': 'exports.shout = (text) => text + "!";',
  'node_modules/shouting/index.d.ts': 'export declare function shout(text: string): string;',
  'node_modules/.package-lock.json': '{}',
};

const options = { sources: ['plugins'], outDir: 'dist' };

/** Runs a build as the command does; returns the states of its reports, and whether they were remembered. */
async function build(folder: string, more: object = {}) {
  const all = {
    ...options,
    sources: [join(folder, 'plugins')],
    outDir: join(folder, 'dist'),
    ...more,
  };
  await prepareOutFolder(all.outDir, all.sources);
  const record = await BuildRecord.open(all, folder);
  const earlier = await record?.recall();
  if (earlier) return { isRecalled: true, states: earlier.map(({ state }) => state) };
  await record?.begin();
  const session = new BuildSession(all);
  try {
    const reports = await session.build();
    await record?.keep(reports, session);
    return { isRecalled: false, states: reports.map(({ state }) => state) };
  } finally {
    await session.close();
  }
}

/** Makes a project whose files are old enough for the clock to tell a later change. */
async function project(more: Files = {}): Promise<string> {
  const folder = await tempFolder();
  await writeFiles(folder, { ...files, ...more });
  await aged(folder);
  return folder;
}

async function aged(folder: string): Promise<void> {
  const { ctimeMs } = await stat(join(folder, 'package.json'));
  await until(() => Date.now() - ctimeMs > 20);
}

/** Builds, and makes sure that the same build is remembered. */
async function built(more: Files = {}): Promise<string> {
  const folder = await project(more);
  expect(await build(folder)).toEqual({ isRecalled: false, states: ['built'] });
  expect(await build(folder)).toEqual({ isRecalled: true, states: ['unchanged'] });
  return folder;
}

test('a build of what is as it was is remembered, with its reports', async () => {
  const folder = await built({ 'plugins/notes.ts': 'export {};\n' });
  const record = await BuildRecord.open(
    { sources: [join(folder, 'plugins')], outDir: join(folder, 'dist') },
    folder,
  );
  const [report] = (await record?.recall()) ?? [];
  const session = new BuildSession({ sources: [join(folder, 'plugins')], outDir: join(folder, 'dist') });
  const [fresh] = await session.build();
  await session.close();
  expect(report).toEqual({ ...fresh, times: {} });
  expect(report?.warnings).toHaveLength(1);
});

const changes: Record<string, (folder: string) => Promise<unknown>> = {
  'a source': (folder) => appendFile(join(folder, 'plugins/herald/index.ts'), '\nexport const x = 1;'),
  'a source of the same size with its old time': async (folder) => {
    const file = join(folder, 'shared/words/index.ts');
    const { atime, mtime } = await stat(file);
    await writeFile(file, `export const greeting = 'Heil';`);
    await utimes(file, atime, mtime);
  },
  'a new file of the plugin': (folder) => writeFile(join(folder, 'plugins/herald/more.ts'), 'export {};'),
  'a file that the compiler finds first': (folder) =>
    writeFile(join(folder, 'shared/words.ts'), `export const greeting = 'Ho';`),
  'a declaration that tsconfig.json includes': (folder) =>
    writeFile(join(folder, 'globals.d.ts'), 'declare const HORN: string;'),
  'a file that tsconfig.json extends': (folder) =>
    writeFile(
      join(folder, 'base.json'),
      '{ "compilerOptions": { "module": "nodenext", "target": "es2022" } }',
    ),
  'the package.json': (folder) =>
    writeFile(join(folder, 'package.json'), '{ "type": "module", "version": "2.0.0" }'),
  'a package.json nearer to the sources': (folder) =>
    writeFile(join(folder, 'shared/package.json'), '{ "type": "module" }'),
  'code of a package': (folder) =>
    writeFile(join(folder, 'node_modules/shouting/index.js'), 'exports.shout = (text) => text + "?";'),
  'types of a package': (folder) =>
    appendFile(join(folder, 'node_modules/shouting/index.d.ts'), 'export declare const loud: true;'),
  'what is installed': (folder) => writeFile(join(folder, 'node_modules/.package-lock.json'), '{ "a": 1 }'),
  'a package nearer to the plugin': (folder) =>
    writeFiles(folder, {
      'plugins/node_modules/shouting/package.json': files['node_modules/shouting/package.json'] as string,
      'plugins/node_modules/shouting/index.js': 'exports.shout = (text) => text + "!!";',
      'plugins/node_modules/shouting/index.d.ts': files['node_modules/shouting/index.d.ts'] as string,
    }),
  'a package that is a link now': async (folder) => {
    await rename(join(folder, 'node_modules/shouting'), join(folder, 'shouting'));
    await symlink('../shouting', join(folder, 'node_modules/shouting'));
  },
  'the TypeScript of the project': (folder) =>
    writeFiles(folder, {
      'node_modules/typescript/package.json': '{ "name": "typescript", "version": "4.0.0" }',
    }),
  'the artifact': (folder) => appendFile(join(folder, 'dist/herald.plugin.mjs'), '\n'),
  'the artifact, which is gone': (folder) => rm(join(folder, 'dist/herald.plugin.mjs')),
  'the types of live functions': (folder) => rm(join(folder, 'dist/live.d.ts')),
  'an artifact beside it': async (folder) =>
    writeFile(join(folder, 'dist/other.plugin.mjs'), await readFile(join(folder, 'dist/herald.plugin.mjs'))),
  'another plugin': (folder) =>
    writeFiles(folder, {
      'plugins/guardian/index.ts': (files['plugins/herald/index.ts'] as string).replace('greet', 'guard'),
    }),
};

test.for(Object.keys(changes))('a build is not remembered after a change: %s', async (change) => {
  const folder = await built();
  await changes[change]?.(folder);
  expect(await build(folder)).toMatchObject({ isRecalled: false });
});

test('what was remembered is built again when nobody would notice by its times', async () => {
  const folder = await built();
  await changes['a source of the same size with its old time']?.(folder);
  expect(await build(folder)).toEqual({ isRecalled: false, states: ['built'] });
  expect(await readFile(join(folder, 'dist/herald.plugin.mjs'), 'utf8')).toContain('Heil');
});

test('other options are another build', async () => {
  const folder = await built();
  for (const more of [
    { define: { STAGE: 'x' } },
    { minify: true },
    { external: ['shouting'] },
    { include: /x$/ },
  ])
    expect(await build(folder, more)).toMatchObject({ isRecalled: false });
  for (const more of [{ static: true }, { leaveTemps: true }, { unsaved: new Map() }])
    for (let run = 0; run < 2; run += 1)
      expect(await build(folder, more)).toMatchObject({ isRecalled: false });
});

test('a refused build is not remembered', async () => {
  const folder = await project({ 'plugins/herald/wrong.ts': 'export const greeting: string = 1;' });
  for (let run = 0; run < 2; run += 1)
    expect(await build(folder)).toEqual({ isRecalled: false, states: ['refused'] });
});

test.for(['shared/index.ts', 'package.json', 'node_modules/.package-lock.json'])(
  'a build during which %s changed is not remembered',
  async (changed) => {
    const folder = await project();
    const all = { sources: [join(folder, 'plugins')], outDir: join(folder, 'dist') };
    await prepareOutFolder(all.outDir, all.sources);
    const record = await BuildRecord.open(all, folder);
    expect(await record?.recall()).toBeUndefined();
    await record?.begin();
    const session = new BuildSession(all);
    const reports = await session.build();
    await appendFile(join(folder, changed), '\n');
    await record?.keep(reports, session);
    await session.close();
    expect(await record?.recall()).toBeUndefined();
  },
);

test('a source that is not what was read is noticed whatever its time says', async () => {
  const folder = await project();
  const session = new BuildSession({ sources: [join(folder, 'plugins')], outDir: join(folder, 'dist') });
  await session.build();
  await appendFile(join(folder, 'shared/index.ts'), '\n');
  expect(() => session.reads()).toThrow('shared/index.ts has changed since it was read');
  await session.close();
});

test('a record that cannot be read, or is not one, is none', async () => {
  const folder = await built();
  const records = join(folder, 'node_modules/.cache/liveswap/builds');
  const [name] = await readdir(records);
  for (const text of ['', '{', '{}', 'null', '[]', '{"tools":1}']) {
    await writeFile(join(records, name as string), text);
    await aged(folder);
    expect(await build(folder)).toEqual({ isRecalled: false, states: ['unchanged'] });
  }
  await rm(records, { recursive: true });
  await writeFile(records, 'no folder');
  for (let run = 0; run < 2; run += 1)
    expect(await build(folder)).toEqual({ isRecalled: false, states: ['unchanged'] });
});

test('two builds at once end well, and the next one is remembered', async () => {
  const folder = await project();
  const results = await Promise.all([build(folder), build(folder)]);
  for (const { states } of results) expect(['built', 'unchanged']).toContain(states[0]);
  await aged(folder);
  await build(folder);
  expect(await build(folder)).toEqual({ isRecalled: true, states: ['unchanged'] });
});

test('a folder that an artifact carries from elsewhere is looked through each time', async () => {
  const folder = await project({
    'views/page.html': '<p>',
    'plugins/herald/views.ts': [
      `import { readFileSync } from 'node:fs';`,
      `import { join } from 'node:path';`,
      `export async function live_view(name: string): Promise<string> {`,
      `  return readFileSync(join(join(import.meta.dirname, '../../views'), name), 'utf8');`,
      `}`,
    ].join('\n'),
  });
  await mkdir(join(folder, 'views/more'));
  for (let run = 0; run < 2; run += 1) {
    expect(await build(folder)).toMatchObject({ isRecalled: false });
    await aged(folder);
  }
});
