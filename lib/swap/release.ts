import type { RunnableArtifact } from '../manifest/runnable-artifact.js';

/** What a generation is made of. */
export interface Release {
  readonly artifacts: readonly RunnableArtifact[];
  /** What `onLoad` is given. */
  readonly data: unknown;
}
