import type { Manifest } from '../manifest/manifest.js';
import type { Version } from '../version/version.js';
import type { Generation } from './generation.js';

/** The manifests of all plugins of a generation. */
export type ReleaseFacts = readonly Manifest[];

export function factsOf({ versions }: Pick<Generation, 'versions'>): ReleaseFacts {
  return versions.map(({ artifact }) => artifact.manifest);
}

/**
 * Remembers the release in which each artifact first ran: its code was checked against that one. Comparing each release with the
 * one before is not enough: two steps can break what neither of them breaks alone.
 */
export class Baselines {
  readonly #byHash = new Map<string, ReleaseFacts>();
  #host: ReleaseFacts | undefined;
  #current: ReleaseFacts | undefined;

  /** The release that runs. */
  get current(): ReleaseFacts | undefined {
    return this.#current;
  }

  /** The very first release, which the host has called since its start. */
  get host(): ReleaseFacts | undefined {
    return this.#host;
  }

  /** Returns `undefined` for an artifact that does not run yet. */
  of({ hash }: { readonly hash: string }): ReleaseFacts | undefined {
    return this.#byHash.get(hash);
  }

  /** Notes the artifacts of a generation that becomes current. Forgets those that neither this generation nor `draining` runs. */
  note(generation: Generation, draining: Iterable<Version>): void {
    const facts = factsOf(generation);
    this.#host ??= facts;
    this.#current = facts;
    const running = [...generation.versions, ...draining];
    const hashes = new Set(running.map(({ artifact }) => artifact.hash));
    for (const hash of this.#byHash.keys()) if (!hashes.has(hash)) this.#byHash.delete(hash);
    for (const hash of hashes) if (!this.#byHash.has(hash)) this.#byHash.set(hash, facts);
  }
}
