import { expect, test } from 'vitest';
import { formatMetrics } from '../../lib/observe/metrics.js';
import type { PluginStats, SwapperStats, VersionStats } from '../../lib/observe/stats.js';

const counts = { calls: 4, failures: 1, p50Ms: 2, p99Ms: 3, totalMs: 8 };

/** Returns a version whose lists throw when they are read. */
function withoutLists(fields: Partial<VersionStats>): VersionStats {
  const list = (): never => {
    throw new Error('There may be a hundred thousand.');
  };
  const version = {
    ...counts,
    plugin: 'guardian',
    version: '3f2a91c0',
    state: 'active',
    loadedAt: new Date(0),
    threads: [],
    pendingCount: 0,
    pending: [],
    queued: 0,
    activity: 'waiting',
    savedAt: undefined,
    remarks: [],
    keptBy: [],
    ...fields,
  };
  return Object.defineProperties(version, { pending: { get: list }, keptBy: { get: list } });
}

function metricsOf(...versions: VersionStats[]): string[] {
  const plugin: PluginStats = { ...counts, plugin: 'guardian', handOver: undefined, versions };
  const stats = { generation: 2, reloads: 1, plugins: [plugin] } as Partial<SwapperStats> as SwapperStats;
  return formatMetrics(stats).split('\n');
}

test('metrics count calls without listing them', () => {
  const lines = metricsOf(withoutLists({ pendingCount: 100_000 }));
  expect(lines).toContain('liveswap_pending_calls{plugin="guardian",version="3f2a91c0"} 100000');
});

test('versions of the same bytes are one series', () => {
  const lines = metricsOf(
    withoutLists({ pendingCount: 1 }),
    withoutLists({ pendingCount: 2, state: 'draining' }),
  );
  expect(lines).toContain('liveswap_pending_calls{plugin="guardian",version="3f2a91c0"} 3');
  expect(lines).toContain('liveswap_versions{plugin="guardian",version="3f2a91c0",state="draining"} 1');
});

test('a label is escaped', () => {
  expect(metricsOf(withoutLists({ plugin: 'a"\\\n' })).join('\n')).toContain(
    '{plugin="a\\"\\\\\\n",version="3f2a91c0"} 0',
  );
});
