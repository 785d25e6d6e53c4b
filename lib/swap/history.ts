import { LiveswapError } from '../core/errors.js';
import type { VersionSource } from '../version/version-source.js';
import type { Generation } from './generation.js';
import type { Startable, VersionFactory } from './version-factory.js';

/** What brings a generation back. */
export interface Kept {
  readonly startables: readonly Startable[];
  readonly sources: readonly VersionSource[];
  readonly data: unknown;
}

/** The generations before the current one that a rollback can reach: their artifacts, not their threads. */
export class History {
  readonly #keep: number;
  readonly #factory: VersionFactory;
  readonly #kept: Kept[] = [];
  readonly #dataOf = new WeakMap<Generation, unknown>();

  /** `keep` is how many are kept. */
  constructor(keep: number, factory: VersionFactory) {
    this.#keep = keep;
    this.#factory = factory;
  }

  get isEmpty(): boolean {
    return this.#kept.length === 0;
  }

  /** Notes the data a generation was loaded with. */
  remember(generation: Generation, data: unknown): void {
    this.#dataOf.set(generation, data);
  }

  /** Keeps a generation that is no longer current. */
  add(generation: Generation): void {
    if (this.#keep === 0) return;
    const sources = generation.versions.map((version) => version.source);
    const startables = sources.map((source) => this.#factory.keep(source));
    this.#kept.push({ startables, sources, data: this.#dataOf.get(generation) });
    if (this.#kept.length > this.#keep) this.#forget(this.#kept.shift());
  }

  /** The newest of them. @throws LiveswapError `ROLLBACK_UNAVAILABLE` */
  latest(): Kept {
    const latest = this.#kept.at(-1);
    if (latest) return latest;
    throw new LiveswapError(
      'ROLLBACK_UNAVAILABLE',
      'Cannot roll back: there is no generation before this one within reach; the option keep says how many are kept.',
    );
  }

  /** Forgets the newest: it is current again. */
  dropLatest(): void {
    this.#forget(this.#kept.pop());
  }

  clear(): void {
    while (!this.isEmpty) this.dropLatest();
  }

  #forget(kept: Kept | undefined): void {
    // The copy's folder goes with the process at the latest.
    for (const source of kept?.sources ?? []) this.#factory.forget(source).catch(() => {});
  }
}
