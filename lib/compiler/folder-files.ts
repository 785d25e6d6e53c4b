import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { removeDespiteReaders } from '../core/despite-readers.js';
import { artifactNamesIn, readArtifact } from '../manifest/artifact.js';
import { layOutFiles, splitFiles } from '../manifest/files-block.js';
import { notWritten } from '../manifest/put-artifact.js';
import { writeIfChanged } from '../manifest/write-atomically.js';
import type { BuiltArtifact } from './report.js';
import { liveStubs } from './live-stubs.js';
import type { PluginStubs } from './live-types/plugin-stubs.js';
import { filesFolderName, STATIC_FILES, staticModule, staticTypes } from './static-module.js';
import { STUBS_FILE } from './stubs-file.js';

/** Results of this build, which need not be read again. */
interface Known {
  readonly built: readonly BuiltArtifact[];
  /** Indexed by plugin name. */
  readonly stubs: ReadonlyMap<string, PluginStubs>;
}

/**
 * Writes the files about all artifacts of a folder, including those of earlier builds: the typed live functions, and, if
 * requested, the module that links the artifacts statically, with the files that they carry.
 *
 * @throws LiveswapError `COPY_FAILED` when one cannot be written
 */
export async function writeFolderFiles(
  outDir: string,
  withStatic: boolean,
  { built, stubs }: Known,
): Promise<void> {
  const artifacts = await artifactsIn(resolve(outDir), built);
  const earlier = await textOf(resolve(outDir, STUBS_FILE));
  const manifests = artifacts.map(({ manifest }) => manifest);
  const files = new Map([[STUBS_FILE, liveStubs(manifests, stubs, earlier)]]);
  if (withStatic) {
    files.set(STATIC_FILES.module, staticModule(artifacts));
    files.set(STATIC_FILES.types, staticTypes);
    for (const artifact of artifacts) await layOutBeside(artifact, outDir);
  }
  for (const [name, text] of files) {
    const file = resolve(outDir, name);
    await writeIfChanged(file, text).catch((cause: unknown) => {
      throw notWritten(name, file, cause);
    });
  }
}

/** Lays out the files of a statically linked plugin where its artifact looks for them when it does not run as a copy. */
async function layOutBeside({ manifest, file }: BuiltArtifact, outDir: string): Promise<void> {
  const folder = resolve(outDir, filesFolderName(manifest.name));
  try {
    await removeDespiteReaders(folder);
    if (manifest.filesAt === undefined) return;
    const { block } = splitFiles(await readFile(file));
    if (block) await layOutFiles(block, folder);
  } catch (cause) {
    throw notWritten(`the files of ${manifest.name}`, folder, cause, manifest.name);
  }
}

async function artifactsIn(folder: string, built: readonly BuiltArtifact[]): Promise<BuiltArtifact[]> {
  const files = await artifactNamesIn(folder);
  const known = new Map(built.map((artifact) => [artifact.file, artifact]));
  const artifacts = await Promise.all(
    files
      .map((name) => join(folder, name))
      // Files that are not artifacts are reported when the folder is loaded.
      .map(async (file) => known.get(file) ?? readArtifact(file).catch(() => undefined)),
  );
  return artifacts.filter((artifact) => artifact !== undefined);
}

function textOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}
