import { keyOf } from '../core/plugin-key.js';
import type { RunnableArtifact } from '../manifest/runnable-artifact.js';
import type { Version } from '../version/version.js';
import type { Generation } from './generation.js';
import { isSameData } from './load-data.js';
import type { Running } from './plan.js';

/** A version of the current generation, as input for a plan. */
export interface RunningVersion extends Running {
  readonly artifact: RunnableArtifact;
  readonly version: Version;
}

/** Returns the running versions by {@link keyOf}; `data` is the load data of the next generation. */
export function runningIn(generation: Generation | undefined, data: unknown): Map<string, RunningVersion> {
  const versions = generation?.versions ?? [];
  return new Map(
    versions.map((version) => [
      keyOf(version.plugin),
      {
        version,
        artifact: version.artifact,
        reloadable: version.definition.reloadable,
        usable: version.state.kind === 'active',
        isOutdated: version.definition.takesData && !isSameData(version.data, data),
      },
    ]),
  );
}
