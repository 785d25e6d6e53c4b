import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { removeDespiteReaders } from '../core/despite-readers.js';
import { makeFolder } from '../core/make-folder.js';
import { artifactNamesIn } from '../manifest/artifact.js';
import { writeIfChanged } from '../manifest/write-atomically.js';

/**
 * Copies the artifacts of `folder` beside that of an app, so that one swapper reads all of them at once; artifacts that are gone
 * from `folder` are removed here, too.
 *
 * @param artifact is the file name of the app's own artifact.
 * @throws the platform's error when the folder cannot be read
 */
export async function putBeside(folder: string, outDir: string, artifact: string): Promise<void> {
  await makeFolder(outDir);
  const wanted = await artifactNamesIn(resolve(folder));
  const had = await artifactNamesIn(outDir);
  const gone = had.filter((name) => name !== artifact && !wanted.includes(name));
  await Promise.all([
    ...gone.map((name) => removeDespiteReaders(join(outDir, name))),
    ...wanted
      .filter((name) => name !== artifact)
      // Another start of this entry may be reading it.
      .map(async (name) => writeIfChanged(join(outDir, name), await readFile(join(folder, name)))),
  ]);
}
