import { LiveswapError } from '../core/errors.js';
import type { Release } from './release.js';

/** The releases before the current one that a rollback can reach: their artifacts, not their threads. */
export class History {
  readonly #keep: number;
  readonly #releases: Release[] = [];

  /** `keep` is how many are kept. */
  constructor(keep: number) {
    this.#keep = keep;
  }

  get isEmpty(): boolean {
    return this.#releases.length === 0;
  }

  /** Keeps a release that is no longer current. */
  add(release: Release): void {
    if (this.#keep === 0) return;
    // Its versions use the copies still: they are there.
    for (const artifact of release.artifacts) artifact.use().catch(() => {});
    this.#releases.push(release);
    if (this.#releases.length > this.#keep) forget(this.#releases.shift());
  }

  /** The newest of them. @throws LiveswapError `ROLLBACK_UNAVAILABLE` */
  latest(): Release {
    const latest = this.#releases.at(-1);
    if (latest) return latest;
    throw new LiveswapError(
      'ROLLBACK_UNAVAILABLE',
      'Cannot roll back: there is no generation before this one within reach; the option keep says how many are kept.',
    );
  }

  /** Forgets the newest: it is current again. */
  dropLatest(): void {
    forget(this.#releases.pop());
  }

  clear(): void {
    while (!this.isEmpty) this.dropLatest();
  }
}

function forget(release: Release | undefined): void {
  // A copy that cannot be deleted goes with the process at the latest.
  for (const artifact of release?.artifacts ?? []) artifact.release().catch(() => {});
}
