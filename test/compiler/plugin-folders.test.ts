import { execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findPlugins } from '../../lib/compiler/plugin-folders.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

test('a plugin is a folder with an index.ts, or each of such folders in a folder', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, {
    'b/herald/index.ts': '',
    'b/armory/index.ts': '',
    'b/notes/readme.md': '',
    'forge/index.ts': '',
  });
  const plugins = await findPlugins([join(folder, 'forge'), join(folder, 'b'), join(folder, 'forge')]);
  expect(plugins.map(({ name }) => name)).toEqual(['forge', 'armory', 'herald']);
});

test('the root module is first; tests, dot-files, dot-folders and node_modules are no part of a plugin', async () => {
  const folder = await tempFolder();
  await writeFiles(join(folder, 'herald'), {
    'a.ts': '',
    'index.ts': '',
    'deep/down/z.mts': '',
    'types.d.ts': '',
    'a.test.ts': '',
    '__tests__/b.ts': '',
    '.cache/c.ts': '',
    '.draft.ts': '',
    'node_modules/d/d.ts': '',
    'song.txt': '',
  });
  const [herald] = await findPlugins([join(folder, 'herald')]);
  const inside = (paths: readonly string[] = []) =>
    paths.map((path) => path.slice(join(folder, 'herald/').length));
  expect(inside(herald?.files)).toEqual(['index.ts', 'a.ts', 'deep/down/z.mts', 'types.d.ts']);
  expect(inside(herald?.assets)).toEqual(['song.txt']);
});

test('a plugin may be a fixture of tests', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, { '__tests__/herald/index.ts': '', '__tests__/herald/__tests__/call.ts': '' });
  const [herald] = await findPlugins([join(folder, '__tests__')]);
  expect(herald?.files).toEqual([join(folder, '__tests__/herald/index.ts')]);
});

test('declarations beside plugin folders do not make a plugin of the folder they are in', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, { 'live.d.ts': '', 'stage.d.mts': '', 'herald/index.ts': '' });
  const plugins = await findPlugins([folder]);
  expect(plugins.map(({ name }) => name)).toEqual(['herald']);
});

test('code beside plugin folders does not make a plugin of the folder they are in, and is named once', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, {
    'types.ts': '',
    'vitest.config.ts': '',
    'herald/index.ts': '',
    'herald/vitest.config.ts': '',
    'herald/tests/call.ts': '',
    'smith/index.ts': '',
  });
  const plugins = await findPlugins([folder]);
  expect(plugins).toMatchObject([
    { name: 'herald', files: [join(folder, 'herald/index.ts')], strays: [join(folder, 'types.ts')] },
    { name: 'smith', strays: [] },
  ]);
});

test.each(['index.tsx', 'index.mts', 'src/index.ts'])(
  'a folder with %s is a plugin without a root module, which is a finding',
  async (root) => {
    const folder = await tempFolder();
    await writeFiles(folder, { [`herald/${root}`]: '', 'armory/index.ts': '' });
    const plugins = await findPlugins([folder]);
    expect(plugins.map(({ name }) => name)).toEqual(['armory', 'herald']);
    await expect(findPlugins([join(folder, 'herald')])).resolves.toMatchObject([{ name: 'herald' }]);
  },
);

test.each(['aux', 'con', 'nul.x', 'herald.', 'a'.repeat(230)])(
  'a plugin called %s is refused: some file system cannot have its artifact',
  async (name) => {
    const folder = await tempFolder();
    await writeFiles(folder, { [`${name}/index.ts`]: '' });
    await expect(findPlugins([join(folder, name)])).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      plugin: name,
    });
  },
);

test('two folders that claim one name are refused, whatever the case', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, { 'a/herald/index.ts': '', 'b/Herald/index.ts': '' });
  await expect(findPlugins([join(folder, 'a'), join(folder, 'b')])).rejects.toMatchObject({
    code: 'PLUGIN_DUPLICATE',
    folders: [join(folder, 'a/herald'), join(folder, 'b/Herald')],
  });
});

test.skipIf(process.platform === 'win32')(
  'a pipe in a plugin folder is none of its files: whoever read it would wait without end',
  async () => {
    const folder = await tempFolder();
    await writeFiles(folder, { 'herald/index.ts': '' });
    execFileSync('mkfifo', [join(folder, 'herald/pipe.ts'), join(folder, 'herald/pipe.sql')]);
    const [herald] = await findPlugins([folder]);
    expect(herald).toMatchObject({ files: [join(folder, 'herald/index.ts')], assets: [] });
  },
);

test('a folder that is missing or holds no plugin is refused by name', async () => {
  const folder = await tempFolder();
  await mkdir(join(folder, 'empty'));
  await expect(findPlugins([join(folder, 'empty')])).rejects.toMatchObject({
    code: 'NO_PLUGINS',
    folder: join(folder, 'empty'),
  });
  await expect(findPlugins([join(folder, 'none')])).rejects.toMatchObject({
    code: 'NO_PLUGINS',
    cause: { code: 'ENOENT' },
  });
});

test('a folder with JavaScript where a plugin has its root module is refused by the name of that', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, { 'herald/index.js': '', 'heralds/dawn/index.mjs': '' });
  await expect(findPlugins([join(folder, 'herald')])).rejects.toMatchObject({
    code: 'NO_PLUGINS',
    message: expect.stringMatching(/herald.index\.js is JavaScript; .* call it index\.ts/),
  });
  await expect(findPlugins([join(folder, 'heralds')])).rejects.toMatchObject({
    code: 'NO_PLUGINS',
    message: expect.stringMatching(/dawn.index\.mjs is JavaScript; /),
  });
});

test('a file where a plugin folder belongs is refused with what to name instead', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, { 'herald/index.ts': '' });
  await expect(findPlugins([join(folder, 'herald/index.ts')])).rejects.toMatchObject({
    code: 'NO_PLUGINS',
    message: expect.stringMatching(/index\.ts: it is a file; name the folder of a plugin/),
  });
});
