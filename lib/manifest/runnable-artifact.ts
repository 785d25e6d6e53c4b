import type { Artifact } from './artifact.js';
import { versionOf } from './hash.js';

/** Facts about an artifact for plans and messages. */
export type ArtifactFacts = Pick<Artifact, 'manifest' | 'hash' | 'file'>;

/** An artifact that can run: from an immutable copy, which exists as long as somebody uses it. */
export interface RunnableArtifact extends ArtifactFacts {
  /** `file:` URL of the copy; empty when the artifact is linked into the host. */
  readonly url: string;
  /** Adds a user, and ensures that the copy exists. @throws LiveswapError `COPY_FAILED` */
  use(): Promise<void>;
  /** Ensures that the copy still exists: a deploy may have deleted its folder. @throws LiveswapError `COPY_FAILED` */
  restore(): Promise<void>;
  /**
   * Resolves to the URL of another copy, in the system's temporary folder, for threads that miss files of theirs. The first one is
   * left to those who delete it: what came back under their hands would have an `npm ci` fail. @throws LiveswapError
   * `COPY_FAILED`, `OPTION_INVALID`
   */
  copyElsewhere(): Promise<string>;
  /** Removes a user. When none is left, the copy is deleted; if that fails, it is left to the next process. */
  release(): Promise<void>;
}

/** Returns the name of a version for messages: `guardian@3f2a91c0`. */
export function titleOf({ manifest, hash }: ArtifactFacts): string {
  return `${manifest.name}@${versionOf(hash)}`;
}
