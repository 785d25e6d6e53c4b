import { pendingWords } from '../observe/kept-by-words.js';
import type { PluginStats, SwapperStats, VersionStats } from '../observe/stats.js';

/** Returns the data that the page shows for one moment. */
export function snapshotOf(stats: SwapperStats): object {
  return { ...stats, plugins: stats.plugins.map(pluginOf) };
}

function pluginOf(plugin: PluginStats): object {
  return { ...plugin, versions: plugin.versions.map(versionOf) };
}

/** Returns a version with words in place of lists of calls, which may be long. */
function versionOf(version: VersionStats): object {
  const { plugin, state, loadedAt, threads, pendingCount, queued, activity, savedAt } = version;
  const { calls, failures, p50Ms, p99Ms, totalMs } = version;
  return {
    plugin,
    version: version.version,
    state,
    loadedAt,
    threads,
    pendingCount,
    queued,
    activity,
    savedAt,
    calls,
    failures,
    p50Ms,
    p99Ms,
    totalMs,
    keptBy: pendingWords(version),
  };
}
