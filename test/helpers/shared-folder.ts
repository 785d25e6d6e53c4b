import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

/** Makes a folder for all the tests of a file. The folder exists from the first `beforeAll` on. */
export function sharedFolder(): () => string {
  let folder = '';
  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'liveswap-')));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return () => folder;
}
