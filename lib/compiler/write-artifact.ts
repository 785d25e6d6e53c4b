import { resolve } from 'node:path';
import { artifactFileName, makeArtifact } from '../manifest/artifact.js';
import { writeIfChanged } from '../manifest/write-atomically.js';
import type { PluginFacts } from './collect/plugin-facts.js';
import type { BuiltArtifact } from './report.js';

/** Facts for the manifest of a built plugin. */
interface Said extends PluginFacts {
  readonly name: string;
  readonly rules: number;
}

/** The code of an artifact, and its place among the files that it carries. */
interface Code {
  readonly body: Buffer;
  readonly filesAt: string | undefined;
}

/** Writes the artifact of a plugin, unless the folder has exactly this one: then it is `unchanged`. */
export async function writeArtifact(
  said: Said,
  { body, filesAt }: Code,
  outDir: string,
): Promise<{ readonly state: 'built' | 'unchanged'; readonly artifact: BuiltArtifact }> {
  const { file, hash, manifest, bytes } = makeArtifact(
    { ...said, ...(filesAt !== undefined && { filesAt }) },
    body,
    resolve(outDir, artifactFileName(said.name)),
  );
  const state = (await writeIfChanged(file, bytes)) ? 'built' : 'unchanged';
  return { state, artifact: { file, hash, manifest } };
}
