import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ARTIFACT_SUFFIX, readArtifact, type Artifact } from '../manifest/artifact.js';
import { writeAtomically } from '../manifest/write-atomically.js';
import { liveStubs, STUBS_FILE } from './live-stubs.js';
import { STATIC_FILES, staticModule, staticTypes } from './static-module.js';

/**
 * Writes what is about all the artifacts of a folder, those of earlier builds included: the typed live functions, and the
 * module that links them statically when it is wanted.
 */
export async function writeFolderFiles(outDir: string, withStatic: boolean): Promise<void> {
  const artifacts = await artifactsIn(resolve(outDir));
  const files = new Map([[STUBS_FILE, liveStubs(artifacts.map(({ manifest }) => manifest))]]);
  if (withStatic) {
    files.set(STATIC_FILES.module, staticModule(artifacts));
    files.set(STATIC_FILES.types, staticTypes);
  }
  for (const [name, text] of files) await writeIfChanged(resolve(outDir, name), text);
}

async function artifactsIn(folder: string): Promise<Artifact[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(ARTIFACT_SUFFIX)).sort();
  const artifacts = await Promise.all(
    names.map((name) =>
      // What is no artifact is the business of whoever loads the folder.
      readArtifact(join(folder, name)).catch(() => undefined),
    ),
  );
  return artifacts.filter((artifact) => artifact !== undefined);
}

async function writeIfChanged(file: string, text: string): Promise<void> {
  const before = await readFile(file, 'utf8').catch(() => undefined);
  if (before !== text) await writeAtomically(file, text);
}
