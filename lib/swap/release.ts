import { LiveswapError } from '../core/errors.js';
import { keyOf } from '../core/plugin-key.js';
import type { RunnableArtifact } from '../manifest/runnable-artifact.js';
import type { Force } from './change.js';
import { isSameData } from './load-data.js';

/** Contents of a generation. */
export interface Release {
  readonly artifacts: readonly RunnableArtifact[];
  /** Data for `onLoad`. */
  readonly data: unknown;
  /** True when any of its plugins has an `onLoad`. */
  readonly takesData: boolean;
}

/** Returns true when switching between the two releases changes anything that runs. */
export function differ(left: Release, right: Release): boolean {
  if (left.artifacts.length !== right.artifacts.length) return true;
  const hashes = new Map(right.artifacts.map(({ manifest, hash }) => [keyOf(manifest.name), hash]));
  if (left.artifacts.some(({ manifest, hash }) => hashes.get(keyOf(manifest.name)) !== hash)) return true;
  return (left.takesData || right.takesData) && !isSameData(left.data, right.data);
}

/** Returns the hash of a plugin's artifact; `undefined` if the release has no such plugin. */
export function hashIn({ artifacts }: Release, plugin: string): string | undefined {
  return artifacts.find(({ manifest }) => keyOf(manifest.name) === keyOf(plugin))?.hash;
}

/** Returns the {@link keyOf} of each plugin that `force` selects. @throws LiveswapError `PLUGIN_MISSING` */
export function forcedIn(artifacts: readonly RunnableArtifact[], force: Force): ReadonlySet<string> {
  const names = artifacts.map(({ manifest }) => manifest.name);
  const all = new Set(names.map(keyOf));
  if (typeof force === 'boolean') return force ? all : new Set();
  const missing = force.filter((name) => !all.has(keyOf(name)));
  if (missing.length === 0) return new Set(force.map(keyOf));
  throw new LiveswapError(
    'PLUGIN_MISSING',
    `Cannot force plugins that do not exist: ${missing.join(', ')}; there are ${names.join(', ')}.`,
    { missing },
  );
}
