import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from '../../lib/core/make-folder.js';
import { tempFolder } from '../helpers/temp-folder.js';

test('folders that are missing are made, and the outermost of them is told', async () => {
  const folder = await tempFolder();
  expect(await makeFolder(join(folder, 'keep/tower/room'))).toBe(join(folder, 'keep'));
  expect(await makeFolder(join(folder, 'keep/tower'))).toBeUndefined();
});

test('if no folder can be made, the error is that of the platform', async () => {
  const folder = await tempFolder();
  await writeFile(join(folder, 'gate'), '');
  await expect(makeFolder(join(folder, 'gate/room'))).rejects.toMatchObject({
    code: expect.stringMatching(/^(ENOTDIR|EEXIST|ENOENT)$/),
  });
});
