import { withDeadline } from '../core/deadline.js';
import { LiveswapError } from '../core/errors.js';
import { keyOf } from '../core/plugin-key.js';
import { collect } from '../link/garbage.js';
import type { ArtifactFacts } from '../manifest/runnable-artifact.js';
import { pendingWords } from '../observe/kept-by-words.js';
import type { KeptBy } from '../observe/stats.js';
import type { Version } from '../version/version.js';

/** Time for a version to let go of streams and iterators that were garbage, in milliseconds. */
const COLLECTED_MS = 1_000;

/** Time for a version to retire that nothing keeps any more, in milliseconds: its `onFree` may run, and its threads end. */
const LEAVING_MS = 5_000;

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
   * Checks the limit before new versions are started.
   * @throws LiveswapError `VERSIONS_FULL` saying what keeps the oldest alive
   */
  async check(started: readonly ArtifactFacts[]): Promise<void> {
    const { limit, current } = this.#deps;
    if (limit.then === 'cut') return;
    const running = new Set(current().map(({ plugin }) => keyOf(plugin)));
    const draining = this.#draining();
    for (const { name: plugin } of started.map(({ manifest }) => manifest)) {
      const older = draining.get(keyOf(plugin));
      // A new plugin replaces nothing, and most others have no version that still drains.
      if (!older || !running.has(keyOf(plugin))) continue;
      if (this.#isFull(older)) await this.#makeRoom(older);
      if (this.#isFull(older)) throw this.#refusal(plugin, older.filter(isUp));
    }
  }

  /** Cuts the oldest versions beyond the limit; called after versions were replaced. */
  cut(): void {
    const { limit, cut } = this.#deps;
    if (limit.then !== 'cut') return;
    for (const draining of this.#draining().values()) {
      const older = draining.filter(isUp);
      for (const version of older.slice(0, Math.max(0, older.length - limit.versions))) {
        const { plugin } = version;
        const message = `${version} was cut off: more than ${limit.versions} older versions of ${plugin} were up (maxDraining).`;
        cut(version, new LiveswapError('DRAIN_TIMEOUT', message, { plugin, version: version.id }));
      }
    }
  }

  #isFull(older: readonly Version[]): boolean {
    return older.filter(isUp).length >= this.#deps.limit.versions;
  }

  /**
   * Collects streams and iterators that the host has dropped halfway: they keep their versions, and an idle host would not
   * collect them for a long time. Resolves when a version has retired, or after a while.
   */
  async #makeRoom(older: readonly Version[]): Promise<void> {
    const keptOpen = older
      .filter(isUp)
      .filter((version) => this.#deps.keptBy(version).some(({ kind }) => kind === 'open'));
    if (keptOpen.length > 0) {
      collect();
      await oneRetired(keptOpen, COLLECTED_MS);
    }
    if (!this.#isFull(older)) return;
    const leaving = older.filter(isUp).filter((version) => this.#deps.keptBy(version).length === 0);
    if (leaving.length > 0) await oneRetired(leaving, LEAVING_MS);
  }

  #refusal(plugin: string, older: readonly Version[]): LiveswapError {
    const [oldest] = older;
    const reasons = oldest ? this.#deps.keptBy(oldest) : [];
    const words = pendingWords({ keptBy: reasons }) || 'on its way out';
    return new LiveswapError(
      'VERSIONS_FULL',
      `Cannot replace ${plugin}: ${older.length} older versions of it are still up (maxDraining); the oldest, ${oldest}, is kept: ${words}. Wait for it, or raise maxDraining.`,
      { plugin, versions: older.length, oldest: oldest?.id, keptBy: reasons },
    );
  }

  /** Returns the draining versions by plugin, oldest first: one walk, because hundreds may drain. */
  #draining(): Map<string, Version[]> {
    const byPlugin = new Map<string, Version[]>();
    for (const version of this.#deps.draining) {
      const key = keyOf(version.plugin);
      const older = byPlugin.get(key);
      if (older) older.push(version);
      else byPlugin.set(key, [version]);
    }
    return byPlugin;
  }
}

function isUp({ state }: Version): boolean {
  return state.kind !== 'retired';
}

async function oneRetired(versions: readonly Version[], milliseconds: number): Promise<void> {
  const retired = Promise.race(versions.map((version) => version.retired));
  await withDeadline(retired, milliseconds, () => undefined).catch(() => {});
}
