import { LiveswapError } from '../core/errors.js';
import type { Version } from '../version/version.js';
import { hashIn, type Release } from './release.js';

/** Earlier releases that a rollback can reach: their artifacts, not their threads. */
export class History {
  readonly #keep: number;
  readonly #releases: Release[] = [];

  /** `keep` is the number of releases that are kept. */
  constructor(keep: number) {
    this.#keep = keep;
  }

  /** Adds a release that is no longer current. */
  add(release: Release): void {
    if (this.#keep === 0) return;
    // The copies exist, because the versions still use them.
    for (const artifact of release.artifacts) artifact.use().catch(() => {});
    this.#releases.push(release);
    if (this.#releases.length > this.#keep) forget(this.#releases.shift());
  }

  /** Returns the newest release. @throws LiveswapError `ROLLBACK_UNAVAILABLE` */
  latest(): Release {
    const latest = this.#releases.at(-1);
    if (latest) return latest;
    throw new LiveswapError(
      'ROLLBACK_UNAVAILABLE',
      'Cannot roll back: there is no release before this one within reach; the option keep says how many are kept.',
    );
  }

  /** Returns the newest release that does not contain the bytes of this version. */
  latestWithout({ plugin, artifact }: Version): Release | undefined {
    return this.#releases.findLast((release) => hashIn(release, plugin) !== artifact.hash);
  }

  /** Forgets a release, which is current again, and those after it. */
  dropFrom(release: Release): void {
    const at = this.#releases.indexOf(release);
    if (at !== -1) for (const dropped of this.#releases.splice(at)) forget(dropped);
  }

  clear(): void {
    for (const dropped of this.#releases.splice(0)) forget(dropped);
  }
}

function forget(release: Release | undefined): void {
  // A copy that cannot be deleted is removed with the folder of this process at the latest.
  for (const artifact of release?.artifacts ?? []) artifact.release().catch(() => {});
}
