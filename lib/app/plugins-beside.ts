import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { removeDespiteReaders } from '../core/despite-readers.js';
import { makeFolder } from '../core/make-folder.js';
import {
  ARTIFACT_SUFFIX,
  artifactNamesIn,
  readableArtifactNamesIn,
  unreadable,
} from '../manifest/artifact.js';
import { putArtifact } from '../manifest/put-artifact.js';

/**
 * Copies the artifacts of `folder` beside that of an app, so that one swapper reads all of them at once; artifacts that are gone
 * from `folder` are removed here, too.
 *
 * @param artifact is the file name of the app's own artifact.
 * @throws LiveswapError `ARTIFACT_UNREADABLE`, `COPY_FAILED`
 */
export async function putBeside(folder: string, outDir: string, artifact: string): Promise<void> {
  await makeFolder(outDir);
  const wanted = await readableArtifactNamesIn(resolve(folder));
  const had = await artifactNamesIn(outDir);
  const gone = had.filter((name) => name !== artifact && !wanted.includes(name));
  await Promise.all([
    ...gone.map((name) => removeDespiteReaders(join(outDir, name))),
    ...wanted
      .filter((name) => name !== artifact)
      // Another start of this entry may be reading it.
      .map((name) => copyBeside(join(folder, name), join(outDir, name))),
  ]);
}

async function copyBeside(file: string, copy: string): Promise<void> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw unreadable(file, cause);
  });
  await putArtifact(basename(copy, ARTIFACT_SUFFIX), copy, bytes);
}
