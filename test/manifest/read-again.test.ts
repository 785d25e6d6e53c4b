import { rename, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readArtifact } from '../../lib/manifest/artifact.js';
import { composePlugin } from '../helpers/compose-plugin.js';
import { tempFolder } from '../helpers/temp-folder.js';

const sharp = composePlugin({ name: 'armory', module: `const edge = 'sharp';` });
const blunt = composePlugin({ name: 'armory', module: `const edge = 'blunt';` });

let file: string;
beforeEach(async () => {
  file = join(await tempFolder(), 'armory.plugin.mjs');
  await writeFile(file, sharp);
});
afterEach(() => vi.useRealTimers());

it('An artifact just written is read again, because a second write may have left it the same times', async () => {
  const known = await readArtifact(file);
  const again = await readArtifact(file, known);
  expect(again).not.toBe(known);
  expect(again).toEqual(known);
});

describe('An artifact that was written long ago', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10_000 });
  });

  it('is not read again', async () => {
    const known = await readArtifact(file);
    expect(await readArtifact(file, known)).toBe(known);
    expect(await readArtifact(file)).not.toBe(known);
  });

  it('is read again when it was written in place, with as many bytes', async () => {
    const known = await readArtifact(file);
    await later(() => writeFile(file, blunt));
    const { bytes } = await readArtifact(file, known);
    expect(bytes).toEqual(blunt);
    expect(bytes).toHaveLength(sharp.length);
  });

  it('is read again when another file with the same size and time took its place', async () => {
    await utimes(file, 0, 0);
    const known = await readArtifact(file);
    await writeFile(`${file}.tmp`, blunt);
    await utimes(`${file}.tmp`, 0, 0);
    await rename(`${file}.tmp`, file);
    expect((await readArtifact(file, known)).bytes).toEqual(blunt);
  });

  it('is refused when it is damaged, and known again when it is mended', async () => {
    const known = await readArtifact(file);
    await later(() => writeFile(file, sharp.subarray(0, -1)));
    await expect(readArtifact(file, known)).rejects.toMatchObject({ code: 'ARTIFACT_INVALID' });
    await later(() => writeFile(file, sharp));
    expect(await readArtifact(file, known)).toMatchObject({ hash: known.hash });
  });
});

/** Writes until the clock of the file system has advanced. */
async function later(write: () => Promise<void>): Promise<void> {
  const { ctimeNs } = await stat(file, { bigint: true });
  do await write();
  while ((await stat(file, { bigint: true })).ctimeNs === ctimeNs);
}
