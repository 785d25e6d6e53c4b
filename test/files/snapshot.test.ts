import { stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { takeSnapshot } from '../../lib/files/snapshot.js';
import { WatchScope } from '../../lib/files/watch-scope.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

test('a snapshot has all files and follows no circle although the file system numbers no files', async () => {
  const folder = await tempFolder();
  const file = join(folder, 'plugins/armory/blades/sword.ts');
  await writeFiles(folder, { 'plugins/armory/blades/sword.ts': 'long' });
  await symlink(join(folder, 'plugins'), join(folder, 'plugins/armory/back'), 'junction');
  const unnumbered = async (path: string) => Object.assign(await stat(path, { bigint: true }), { ino: 0n });
  const { entries } = await takeSnapshot(new WatchScope([join(folder, 'plugins')]), unnumbered);
  expect([...entries.keys()]).toContain(file);
  expect([...entries.keys()]).not.toContain(join(folder, 'plugins/armory/back/armory/blades/sword.ts'));
});
