import { execFile } from 'node:child_process';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { packedLibrary, repository } from './places.js';

/** Packs liveswap once for all files of this suite. Resolves to a function that removes the package. */
export default async function packLibrary(): Promise<() => Promise<void>> {
  const folder = dirname(packedLibrary);
  await mkdir(folder, { recursive: true });
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const { stdout } = await promisify(execFile)('npm', args, { cwd: repository });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  await rename(join(folder, filename), packedLibrary);
  return () => rm(packedLibrary, { force: true });
}
