import { link, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openAppSource } from '../../lib/app/app-source.js';
import { putBeside } from '../../lib/app/plugins-beside.js';
import { appProject } from '../helpers/app-project.js';
import { tempFolder } from '../helpers/temp-folder.js';

test('an artifact beside an app is replaced as a whole, and left alone when it is the same: another process may be reading it', async () => {
  const [folder, outDir, elsewhere] = [await tempFolder(), await tempFolder(), await tempFolder()];
  const artifact = join(outDir, 'armory.plugin.mjs');
  await writeFile(join(folder, 'armory.plugin.mjs'), 'one sword');
  await putBeside(folder, outDir, 'gate.plugin.mjs');
  const before = await stat(artifact);
  await putBeside(folder, outDir, 'gate.plugin.mjs');
  expect((await stat(artifact)).ino).toBe(before.ino);

  // A reader has this file open.
  const open = join(elsewhere, 'open');
  await link(artifact, open);
  await writeFile(join(folder, 'armory.plugin.mjs'), 'two swords');
  await putBeside(folder, outDir, 'gate.plugin.mjs');
  expect(await readFile(open, 'utf8')).toBe('one sword');
  expect(await readFile(artifact, 'utf8')).toBe('two swords');
  expect(await readdir(outDir)).toEqual(['armory.plugin.mjs']);
});

test.each([
  ['plugins of another folder', { plugins: 'stable', name: 'gate' }],
  ['another name', { plugins: 'armory', name: 'tower' }],
])('a start of the same entry with %s removes no artifact of the first one', async (_, other) => {
  const { folder, write } = await appProject({
    'server.js': '',
    'armory/armory.plugin.mjs': 'swords',
    'stable/stable.plugin.mjs': 'horses',
  });
  const start = (plugins: string, name: string): ReturnType<typeof openAppSource> =>
    openAppSource(join(folder, 'server.js'), { plugins: join(folder, plugins), name });
  const first = await start('armory', 'gate');
  await start(other.plugins, other.name);
  expect((await readdir(first.folder)).sort()).toEqual(['armory.plugin.mjs', 'gate.plugin.mjs']);

  // The same start as before has the same folder; artifacts that are gone are removed there.
  await write({ 'armory/raven.plugin.mjs': 'ravens' });
  await rm(join(folder, 'armory/armory.plugin.mjs'));
  expect((await start('armory', 'gate')).folder).toBe(first.folder);
  expect((await readdir(first.folder)).sort()).toEqual(['gate.plugin.mjs', 'raven.plugin.mjs']);
});

test('plugins that cannot be read, or put beside an app, are refused with which, where and what to do', async () => {
  const [folder, outDir] = [await tempFolder(), await tempFolder()];
  await expect(putBeside(join(folder, 'nowhere'), outDir, 'gate.plugin.mjs')).rejects.toMatchObject({
    code: 'ARTIFACT_UNREADABLE',
    file: join(folder, 'nowhere'),
  });

  const [artifact, copy] = [join(folder, 'armory.plugin.mjs'), join(outDir, 'armory.plugin.mjs')];
  await mkdir(artifact);
  await expect(putBeside(folder, outDir, 'gate.plugin.mjs')).rejects.toMatchObject({
    code: 'ARTIFACT_UNREADABLE',
    file: artifact,
  });

  await rm(artifact, { recursive: true });
  await writeFile(artifact, 'swords');
  // Something that no file can replace.
  await mkdir(join(copy, 'taken'), { recursive: true });
  await expect(putBeside(folder, outDir, 'gate.plugin.mjs')).rejects.toMatchObject({
    code: 'COPY_FAILED',
    plugin: 'armory',
    message: expect.stringMatching(
      /^Cannot put the artifact of armory into .*; let this process write/,
    ) as string,
  });
});
