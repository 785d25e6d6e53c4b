import { LiveswapError } from '../core/errors.js';
import { keyOf } from '../core/plugin-key.js';
import type { ArtifactFacts } from '../manifest/runnable-artifact.js';
import { pendingWords } from '../observe/kept-by-words.js';
import type { KeptBy } from '../observe/stats.js';
import type { Version } from '../version/version.js';

/**
 * Maximum number of versions of a plugin that may drain, pinned ones included, and the action taken when another would start to.
 */
export interface DrainingLimit {
  readonly versions: number;
  /** `refuse` rejects the reload; `cut` ends the oldest version, whose calls reject with `DRAIN_TIMEOUT`. */
  readonly then: 'refuse' | 'cut';
}

/** Dependencies of a DrainingBound. */
export interface DrainingBoundDeps {
  readonly limit: DrainingLimit;
  /** Versions of the current generation. */
  readonly current: () => readonly Version[];
  /** Versions that have left the current generation, oldest first. */
  readonly draining: Iterable<Version>;
  readonly keptBy: (version: Version) => readonly KeptBy[];
  readonly cut: (version: Version, error: LiveswapError) => void;
}

/** Bounds the number of versions that a plugin has beside its newest, and thereby the memory. */
export class DrainingBound {
  readonly #deps: DrainingBoundDeps;

  constructor(deps: DrainingBoundDeps) {
    this.#deps = deps;
  }

  /**
   * Checks the limit before new versions are started. @throws LiveswapError `VERSIONS_FULL` saying what keeps the oldest alive
   */
  check(started: readonly ArtifactFacts[]): void {
    const { limit, keptBy, current } = this.#deps;
    if (limit.then === 'cut') return;
    const running = new Set(current().map(({ plugin }) => keyOf(plugin)));
    for (const { name: plugin } of started.map(({ manifest }) => manifest)) {
      // A new plugin replaces nothing.
      if (!running.has(keyOf(plugin))) continue;
      const older = this.#olderOf(plugin);
      const [oldest] = older;
      if (!oldest || older.length < limit.versions) continue;
      const reasons = keptBy(oldest);
      const words = pendingWords({ keptBy: reasons }) || 'on its way out';
      throw new LiveswapError(
        'VERSIONS_FULL',
        `Cannot replace ${plugin}: ${older.length} older versions of it are still up (maxDraining); the oldest, ${oldest}, is kept: ${words}. Wait for it, or raise maxDraining.`,
        { plugin, versions: older.length, oldest: oldest.id, keptBy: reasons },
      );
    }
  }

  /** Cuts the oldest versions beyond the limit; called after versions were replaced. */
  cut(): void {
    const { limit, draining, cut } = this.#deps;
    if (limit.then !== 'cut') return;
    for (const plugin of new Set(Array.from(draining, (version) => version.plugin))) {
      const older = this.#olderOf(plugin);
      for (const version of older.slice(0, Math.max(0, older.length - limit.versions))) {
        const message = `${version} was cut off: more than ${limit.versions} older versions of ${plugin} were up (maxDraining).`;
        cut(version, new LiveswapError('DRAIN_TIMEOUT', message, { plugin, version: version.id }));
      }
    }
  }

  #olderOf(plugin: string): Version[] {
    return [...this.#deps.draining].filter(
      (version) => keyOf(version.plugin) === keyOf(plugin) && version.state.kind !== 'retired',
    );
  }
}
