import { CallStats } from './call-stats.js';

/** What was counted of each plugin, through all its versions. */
export class PluginTotals {
  readonly #byPlugin = new Map<string, CallStats>();

  /** Statistics of the plugins that are known, by name. */
  get byPlugin(): ReadonlyMap<string, CallStats> {
    return this.#byPlugin;
  }

  /** Makes a plugin known before its first call. */
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
