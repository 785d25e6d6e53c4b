import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LiveswapError, messageOf } from '../core/errors.js';
import { mapLimited } from '../core/map-limited.js';
import {
  ARTIFACT_SUFFIX,
  artifactFileName,
  artifactNamesIn,
  readArtifact,
  unreadable,
  type Artifact,
} from '../manifest/artifact.js';
import type { ArtifactFacts } from '../manifest/runnable-artifact.js';
import { keyOf } from '../core/plugin-key.js';

/** Number of artifacts read at once. Each is hashed in slices, and slices of several may run in one turn of the event loop. */
const AT_A_TIME = 8;

/**
 * Reads every artifact of `folder`, or those named by `only`, ignoring errors in others.
 *
 * @param known are artifacts that were read earlier, by their files: a file that has not been written since is not read again.
 * @throws LiveswapError `NO_PLUGINS`, `PLUGIN_MISSING`, `PLUGIN_DUPLICATE`, `ARTIFACT_UNREADABLE`, `ARTIFACT_INVALID`
 */
export async function readArtifacts(
  folder: string,
  only: readonly string[] | undefined,
  known: ReadonlyMap<string, Artifact> = new Map(),
): Promise<Artifact[]> {
  const ahead = readAhead(folder, known);
  const files = await listArtifacts(folder);
  const wanted = only && new Set(only.map((name) => keyOf(artifactFileName(name))));
  const isWanted = (name: string): boolean => !wanted || wanted.has(keyOf(name));
  const present = files.filter(isWanted);
  // Where files have come or gone, a deploy may have replaced the others as well since they were read.
  const isSame = present.length === ahead.size && present.every((name) => ahead.has(join(folder, name)));
  const read = await mapLimited(files, AT_A_TIME, (name) => {
    const file = join(folder, name);
    const readNow = (): Promise<Artifact> => readArtifact(file, known.get(file));
    // A file that was being replaced may have been missing, or incomplete, a moment ago.
    const artifact = (isSame ? ahead.get(file)?.catch(readNow) : undefined) ?? readNow();
    return isWanted(name) ? artifact : artifact.catch(() => undefined);
  });
  const artifacts = selectPlugins(
    read.filter((artifact) => artifact !== undefined),
    only,
    folder,
  );
  refuseDuplicates(artifacts);
  return artifacts;
}

/**
 * Returns the plugins that `only` names, or all of them; `place` says in errors where they were looked up.
 * @throws LiveswapError `PLUGIN_MISSING` that lists all that are missing
 */
export function selectPlugins<Plugin extends Pick<ArtifactFacts, 'manifest'>>(
  plugins: readonly Plugin[],
  only: readonly string[] | undefined,
  place: string,
): Plugin[] {
  if (!only) return [...plugins];
  const present = new Set(plugins.map(({ manifest }) => keyOf(manifest.name)));
  const missing = only.filter((name) => !present.has(keyOf(name)));
  if (missing.length > 0) {
    const names = plugins.map((plugin) => plugin.manifest.name).join(', ') || 'none';
    throw new LiveswapError(
      'PLUGIN_MISSING',
      `The option only names plugins that are not in ${place}: ${missing.join(', ')}; there are ${names}.`,
      { missing, folder: place },
    );
  }
  const wanted = new Set(only.map(keyOf));
  return plugins.filter(({ manifest }) => wanted.has(keyOf(manifest.name)));
}

/**
 * Begins to read the files of the last time, if they are few: reading one takes as long as listing the folder. Whether they are still
 * all that is there is for the list to say.
 */
function readAhead(
  folder: string,
  known: ReadonlyMap<string, Artifact>,
): ReadonlyMap<string, Promise<Artifact>> {
  if (known.size > AT_A_TIME) return new Map();
  const here = [...known].filter(([file]) => dirname(file) === join(folder));
  return new Map(
    here.map(([file, artifact]) => {
      const read = readArtifact(file, artifact);
      read.catch(() => {});
      return [file, read];
    }),
  );
}

async function listArtifacts(folder: string): Promise<string[]> {
  let files: string[];
  try {
    files = await artifactNamesIn(folder);
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    // No build mends a folder that is there and cannot be read.
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw unreadable(folder, cause);
    throw new LiveswapError(
      'NO_PLUGINS',
      `Cannot read the plugin folder ${folder}: ${messageOf(cause)}; build the plugins into it first.`,
      { folder, cause },
    );
  }
  if (files.length > 0) return files;
  const remedy = (await holdsSources(folder))
    ? 'it holds sources of plugins; build them into another folder, and name that'
    : 'build the plugins into it first';
  throw new LiveswapError(
    'NO_PLUGINS',
    `There is no artifact (*${ARTIFACT_SUFFIX}) in ${folder}; ${remedy}.`,
    { folder },
  );
}

/** Resolves to true if a folder is a plugin, or holds one: nothing can be built into it. */
async function holdsSources(folder: string): Promise<boolean> {
  const names = await readdir(folder);
  const found = ['.', ...names].map((name) => stat(join(folder, name, 'index.ts')).catch(() => undefined));
  return (await Promise.all(found)).some((file) => file?.isFile());
}

/** @throws LiveswapError `PLUGIN_DUPLICATE` when two names are equal, ignoring case */
export function refuseDuplicates(artifacts: readonly Pick<ArtifactFacts, 'manifest' | 'file'>[]): void {
  const byName = new Map<string, Pick<ArtifactFacts, 'manifest' | 'file'>[]>();
  for (const artifact of artifacts) {
    const name = keyOf(artifact.manifest.name);
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
