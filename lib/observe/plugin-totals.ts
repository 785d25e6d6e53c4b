import { CallStats } from './call-stats.js';

/** Counters of each plugin across all its versions. */
export class PluginTotals {
  readonly #byPlugin = new Map<string, CallStats>();

  /** Statistics of the known plugins, by name. */
  get byPlugin(): ReadonlyMap<string, CallStats> {
    return this.#byPlugin;
  }

  /** Adds a plugin before its first call. */
  know(plugin: string): CallStats {
    let stats = this.#byPlugin.get(plugin);
    if (!stats) {
      stats = new CallStats();
      this.#byPlugin.set(plugin, stats);
    }
    return stats;
  }

  readonly record = (plugin: string, ms: number, failed: boolean): void => {
    this.know(plugin).record(ms, failed);
  };
}
