import { link, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { putBeside } from '../../lib/app/plugins-beside.js';
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
