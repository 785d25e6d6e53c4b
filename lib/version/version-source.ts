import { versionOf } from '../manifest/hash.js';
import type { Manifest } from '../manifest/manifest.js';

/** The artifact a version runs: an immutable copy. */
export interface VersionSource {
  readonly manifest: Manifest;
  readonly hash: string;
  /** The artifact that was read, as the user knows it. */
  readonly file: string;
  /** `file:` URL of the copy that runs. */
  readonly url: string;
}

/** How a version is called in messages: `guardian@3f2a91c0`. */
export function titleOf({ manifest, hash }: VersionSource): string {
  return `${manifest.name}@${versionOf(hash)}`;
}
