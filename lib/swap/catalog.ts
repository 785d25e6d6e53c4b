import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LiveswapError, messageOf } from '../core/errors.js';
import { ARTIFACT_SUFFIX, readArtifact, type Artifact } from '../manifest/artifact.js';

/**
 * Reads every artifact of `folder`, or those named by `only`, by name.
 * @throws LiveswapError `NO_PLUGINS`, `PLUGIN_MISSING`, `PLUGIN_DUPLICATE`, `ARTIFACT_UNREADABLE`, `ARTIFACT_INVALID`
 */
export async function readCatalog(folder: string, only: readonly string[] | undefined): Promise<Artifact[]> {
  const files = await listArtifacts(folder);
  const artifacts = await Promise.all(files.map((file) => readArtifact(join(folder, file))));
  refuseDuplicates(artifacts);
  return only ? select(folder, artifacts, only) : artifacts;
}

async function listArtifacts(folder: string): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (cause) {
    throw new LiveswapError(
      'NO_PLUGINS',
      `Cannot read the plugin folder ${folder}: ${messageOf(cause)}; build the plugins into it first.`,
      { folder, cause },
    );
  }
  const files = names.filter((name) => name.endsWith(ARTIFACT_SUFFIX) && !name.startsWith('.')).sort();
  if (files.length > 0) return files;
  throw new LiveswapError(
    'NO_PLUGINS',
    `There is no artifact (*${ARTIFACT_SUFFIX}) in ${folder}; build the plugins into it first.`,
    { folder },
  );
}

function refuseDuplicates(artifacts: readonly Artifact[]): void {
  const byName = new Map<string, Artifact[]>();
  for (const artifact of artifacts) {
    const name = artifact.manifest.name.toLowerCase();
    byName.set(name, [...(byName.get(name) ?? []), artifact]);
  }
  for (const [name, claims] of byName) {
    if (claims.length === 1) continue;
    const files = claims.map((claim) => claim.file);
    throw new LiveswapError(
      'PLUGIN_DUPLICATE',
      `The plugin name ${name} is claimed by ${files.length} artifacts (names are compared without case): ${files.join(', ')}; remove all but one.`,
      { plugin: name, files },
    );
  }
}

function select(folder: string, artifacts: readonly Artifact[], only: readonly string[]): Artifact[] {
  const byName = new Map(artifacts.map((artifact) => [artifact.manifest.name.toLowerCase(), artifact]));
  const missing = only.filter((name) => !byName.has(name.toLowerCase()));
  if (missing.length > 0) {
    const present = artifacts.map((artifact) => artifact.manifest.name).join(', ');
    throw new LiveswapError(
      'PLUGIN_MISSING',
      `The option only names plugins that are not in ${folder}: ${missing.join(', ')}; there are ${present}.`,
      { missing, folder },
    );
  }
  const wanted = new Set(only.map((name) => name.toLowerCase()));
  return [...byName].filter(([name]) => wanted.has(name)).map(([, artifact]) => artifact);
}
