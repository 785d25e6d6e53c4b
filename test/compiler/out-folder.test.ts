import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { prepareOutFolder } from '../../lib/compiler/out-folder.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

test.each([
  ['is one of the plugin folders', 'plugins/herald', 'is one of the plugin folders'],
  ['holds source code', 'plugins/armory', 'index.ts is source code'],
  ['is a file', 'notes', 'cannot be made'],
  ['is below a file', 'notes/dist', 'cannot be made'],
])('an out folder that %s is refused, with what to write instead', async (_, out, found) => {
  const folder = await tempFolder();
  await writeFiles(folder, { 'plugins/herald/index.ts': '', 'plugins/armory/index.ts': '', notes: '' });
  const refused = prepareOutFolder(join(folder, out), [join(folder, 'plugins/herald')]);
  await expect(refused).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    option: 'outDir',
    message: expect.stringMatching(
      new RegExp(`${found}.*liveswap build -o dist/plugins plugins/\\*`),
    ) as string,
  });
});

test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
  'an out folder that cannot be read is refused as such',
  async () => {
    const folder = await tempFolder();
    const closed = join(folder, 'closed');
    await mkdir(closed, { mode: 0o300 });
    await expect(prepareOutFolder(closed, [])).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringMatching(/closed cannot be read: EACCES/) as string,
    });
  },
);

test('files that builds write into it are no source code', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, { 'live.d.ts': '', 'herald.entry.ts': '', 'herald.plugin.mjs': '' });
  await expect(prepareOutFolder(folder, [])).resolves.toBeUndefined();
  await expect(prepareOutFolder(join(folder, 'deep/er'), [])).resolves.toBeUndefined();
  expect(await readdir(join(folder, 'deep'))).toEqual(['er']);
});
