import { CallStats, type CallCounts } from './call-stats.js';

/** A version whose calls are counted. */
interface CountedVersion {
  readonly plugin: string;
  readonly calls: CallStats;
}

/** Counts of each plugin across all its versions. Each version counts its own calls; they are summed when they are read. */
export class PluginTotals {
  /** The counts of retired versions, for every plugin that is known. */
  readonly #retired = new Map<string, CallStats>();

  /** Takes over the counts of a version that has retired, and the calls that it still counts. */
  retire({ plugin, calls }: CountedVersion): void {
    calls.moveTo(this.#of(plugin));
  }

  /** Returns the counts of each plugin, by name, with those of the versions that are alive. */
  with(alive: readonly CountedVersion[]): ReadonlyMap<string, CallCounts> {
    for (const { plugin } of alive) this.#of(plugin);
    const parts = new Map(Array.from(this.#retired, ([plugin, retired]) => [plugin, [retired]]));
    for (const { plugin, calls } of alive) parts.get(plugin)?.push(calls);
    return new Map(Array.from(parts, ([plugin, stats]) => [plugin, CallStats.sum(stats).counts()]));
  }

  #of(plugin: string): CallStats {
    const known = this.#retired.get(plugin) ?? new CallStats();
    this.#retired.set(plugin, known);
    return known;
  }
}
