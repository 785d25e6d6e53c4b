import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { WatchScope } from '../../lib/files/watch-scope.js';
import { tempFolder } from '../helpers/temp-folder.js';

const startOf = (target: string) => new WatchScope([target]).startOf(target);

test('a link that may be turned is watched from the folder that it is in', async () => {
  const folder = await tempFolder();
  await mkdir(join(folder, 'releases/one/plugins'), { recursive: true });
  await symlink(join(folder, 'releases/one'), join(folder, 'current'), 'junction');
  expect(startOf(join(folder, 'current/plugins'))).toBe(folder);
});

test.skipIf(process.platform === 'win32')(
  'a link such as those at the root of macOS is none: everything beside it would be watched',
  async () => {
    const folder = await tempFolder();
    await mkdir(join(folder, 'private/tmp/plugins/herald'), { recursive: true });
    await symlink('private/tmp', join(folder, 'tmp'));
    expect(startOf(join(folder, 'tmp/plugins/herald'))).toBe(join(folder, 'tmp/plugins'));
  },
);

test('a folder above that this process may not look at is no link', async () => {
  // The system refuses to look at a name of such a length, as it would without permission.
  const folder = await tempFolder();
  expect(startOf(join(folder, 'a'.repeat(300), 'plugins/herald'))).toBe(folder);
});
