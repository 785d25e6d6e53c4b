import type { Artifact } from './artifact.js';
import { versionOf } from './hash.js';

/** The facts of an artifact that a plan and a message need. */
export type ArtifactFacts = Pick<Artifact, 'manifest' | 'hash' | 'file'>;

/** An artifact as it is run: from an immutable copy, which is there for as long as somebody uses it. */
export interface RunnableArtifact extends ArtifactFacts {
  /** `file:` URL of the copy; empty when the artifact is linked into the host. */
  readonly url: string;
  /** Counts one more user, and makes sure that the copy is there. @throws LiveswapError `COPY_FAILED` */
  use(): Promise<void>;
  /** Makes sure that the copy is still there: a deploy may have deleted the folder it is in. @throws LiveswapError `COPY_FAILED` */
  restore(): Promise<void>;
  /** Counts one user less. The last one's copy is deleted; one that cannot be is left to the next process. */
  release(): Promise<void>;
}

/** How a version is called in messages: `guardian@3f2a91c0`. */
export function titleOf({ manifest, hash }: ArtifactFacts): string {
  return `${manifest.name}@${versionOf(hash)}`;
}
