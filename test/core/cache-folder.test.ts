import { chmod, mkdir, readdir, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { cacheFolder } from '../../lib/core/cache-folder.js';
import { tempFolder } from '../helpers/temp-folder.js';

/** Returns the temporary folder of the system, and a folder without a package. */
async function places(): Promise<{ readonly temporary: string; readonly folder: string }> {
  const [temporary, folder] = [await tempFolder(), await tempFolder()];
  vi.stubEnv('TMPDIR', temporary);
  onTestFinished(() => void vi.unstubAllEnvs());
  return { temporary, folder };
}

test.skipIf(process.platform === 'win32')(
  'where there is no package, the cache in the temporary folder is for this user alone',
  async () => {
    const { folder } = await places();
    const cache = await cacheFolder(folder);
    expect((await stat(cache)).mode & 0o777).toBe(0o700);
    expect(await cacheFolder(folder)).toBe(cache);
  },
);

test.skipIf(process.platform === 'win32').each([
  [
    'that others may write to',
    async (cache: string): Promise<void> => {
      await mkdir(cache);
      await chmod(cache, 0o777);
    },
    'others may write to it',
  ],
  [
    'that is a link',
    async (cache: string, elsewhere: string): Promise<void> => symlink(elsewhere, cache),
    'it is not a folder',
  ],
])('a cache in the temporary folder %s is not used: code is run from there', async (_, plant, why) => {
  const { temporary, folder } = await places();
  await plant(join(temporary, `liveswap-cache-${process.getuid?.()}`), folder);
  await expect(cacheFolder(folder)).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    option: 'copyDir',
    message: expect.stringContaining(why) as string,
  });
  expect(await readdir(folder)).toEqual([]);
});
