import { resolve } from 'node:path';
import { artifactFileName, makeArtifact } from '../manifest/artifact.js';
import { putArtifact } from '../manifest/put-artifact.js';
import type { MadeBundle } from './bundle/bundle.js';
import type { PluginFacts } from './collect/plugin-facts.js';
import type { PluginStubs } from './live-types/plugin-stubs.js';
import type { BuiltArtifact } from './report.js';
import type { Finding } from './rule.js';

/** A plugin whose artifact can be written, or the findings for which it cannot. */
export type BundledPlugin =
  | {
      readonly state: 'bundled';
      readonly facts: PluginFacts;
      readonly stubs: PluginStubs | undefined;
      readonly bundle: MadeBundle;
    }
  | { readonly state: 'refused'; readonly findings: readonly Finding[] };

/** Facts for the manifest of a built plugin. */
interface Said extends PluginFacts {
  readonly name: string;
  readonly rules: number;
}

/**
 * Writes the artifact of a plugin, unless the folder has exactly this one: then it is `unchanged`.
 *
 * @throws LiveswapError `COPY_FAILED` when it cannot be written
 */
export async function writeArtifact(
  said: Said,
  { body, filesAt }: Pick<MadeBundle, 'body' | 'filesAt'>,
  outDir: string,
): Promise<{ readonly state: 'built' | 'unchanged'; readonly artifact: BuiltArtifact }> {
  const { file, hash, manifest, bytes } = makeArtifact(
    { ...said, ...(filesAt !== undefined && { filesAt }) },
    body,
    resolve(outDir, artifactFileName(said.name)),
  );
  const state = (await putArtifact(said.name, file, bytes)) ? 'built' : 'unchanged';
  return { state, artifact: { file, hash, manifest } };
}
