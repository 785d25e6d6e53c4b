import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Artifact } from '../../lib/manifest/artifact.js';
import { readArtifacts } from '../../lib/swap/read-artifacts.js';
import { deploy } from '../helpers/compose-plugin.js';
import { tempFolder } from '../helpers/temp-folder.js';

/** Has `happens` happen in a folder after the files of the last time were read ahead, and before the folder is listed. */
function beforeListing(happens: () => Promise<unknown>): void {
  const { readdir } = fs;
  const opened = vi.spyOn(fs, 'open');
  const listed = vi.spyOn(fs, 'readdir').mockImplementationOnce((async (folder: string) => {
    await Promise.allSettled(opened.mock.results.map(({ value }) => value as unknown));
    await happens();
    return readdir(folder);
  }) as typeof readdir);
  syncBuiltinESMExports();
  onTestFinished(() => {
    opened.mockRestore();
    listed.mockRestore();
    syncBuiltinESMExports();
  });
}

/** Deploys an armory; resolves to the folder, and to what was read of it. */
async function deployed(): Promise<{ folder: string; known: ReadonlyMap<string, Artifact> }> {
  const folder = await tempFolder();
  await deploy(folder, { name: 'armory', module: '// first' });
  const known = new Map((await readArtifacts(folder, undefined)).map((one) => [one.file, one]));
  return { folder, known };
}

test('a deploy that adds an artifact while the others are read ahead is seen as a whole', async () => {
  const { folder, known } = await deployed();
  beforeListing(async () => {
    await deploy(folder, { name: 'armory', module: '// second' });
    await deploy(folder, { name: 'guardian' });
  });
  const read = await readArtifacts(folder, undefined, known);
  expect(read.map(({ manifest: { name } }) => name)).toEqual(['armory', 'guardian']);
  expect(read[0]?.bytes.toString()).toContain('// second');
});

test('an artifact that is written anew while the others are read ahead is read once it is there', async () => {
  const { folder, known } = await deployed();
  for (const file of known.keys()) await fs.rm(file);
  beforeListing(() => deploy(folder, { name: 'armory', module: '// second' }));
  const [armory] = await readArtifacts(folder, undefined, known);
  expect(armory?.bytes.toString()).toContain('// second');
});
