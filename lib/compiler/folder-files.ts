import { readdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isArtifactName, readArtifact, type Artifact } from '../manifest/artifact.js';
import { layOutFiles, splitFiles } from '../manifest/files-block.js';
import { writeAtomically } from '../manifest/write-atomically.js';
import { liveStubs, STUBS_FILE } from './live-stubs.js';
import type { PluginStubs } from './live-types/plugin-stubs.js';
import { filesFolderName, STATIC_FILES, staticModule, staticTypes } from './static-module.js';

/**
 * Writes what is about all the artifacts of a folder, those of earlier builds included: the typed live functions, and the
 * module that links them statically when it is wanted, with the files that they carry.
 *
 * @param stubs what is known of the plugins that this build has looked at, by their names.
 */
export async function writeFolderFiles(
  outDir: string,
  withStatic: boolean,
  stubs: ReadonlyMap<string, PluginStubs>,
): Promise<void> {
  const artifacts = await artifactsIn(resolve(outDir));
  const earlier = await textOf(resolve(outDir, STUBS_FILE));
  const manifests = artifacts.map(({ manifest }) => manifest);
  const files = new Map([[STUBS_FILE, liveStubs(manifests, stubs, earlier)]]);
  if (withStatic) {
    files.set(STATIC_FILES.module, staticModule(artifacts));
    files.set(STATIC_FILES.types, staticTypes);
    for (const artifact of artifacts) await layOutBeside(artifact, outDir);
  }
  for (const [name, text] of files) await writeIfChanged(resolve(outDir, name), text);
}

/**
 * Lays out the files of a plugin that is linked statically, where its artifact looks for them when it does not run as a copy.
 */
async function layOutBeside({ manifest, bytes }: Artifact, outDir: string): Promise<void> {
  const folder = resolve(outDir, filesFolderName(manifest.name));
  const { block } = splitFiles(bytes);
  await rm(folder, { recursive: true, force: true });
  if (block) await layOutFiles(block, folder);
}

async function artifactsIn(folder: string): Promise<Artifact[]> {
  const names = (await readdir(folder)).filter(isArtifactName).sort();
  const artifacts = await Promise.all(
    names.map((name) =>
      // Other files are reported when the folder is loaded.
      readArtifact(join(folder, name)).catch(() => undefined),
    ),
  );
  return artifacts.filter((artifact) => artifact !== undefined);
}

function textOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}

async function writeIfChanged(file: string, text: string): Promise<void> {
  const before = await textOf(file);
  if (before !== text) await writeAtomically(file, text);
}
