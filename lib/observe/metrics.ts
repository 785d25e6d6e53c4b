import type { PluginStats, SwapperStats, VersionStats } from './stats.js';

type Labels = Readonly<Record<string, string | number>>;
type Sample = readonly [suffix: string, labels: Labels, value: number];

/** Media type of what {@link formatMetrics} writes. */
export const METRICS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** The statistics in the text format that Prometheus scrapes (exposition format 0.0.4). */
export function formatMetrics(stats: SwapperStats): string {
  const { plugins } = stats;
  const versions = plugins.flatMap((plugin) => plugin.versions).map(withoutDead);
  return [
    family('generation', 'gauge', 'Id of the current generation.', [['', {}, stats.generation ?? 0]]),
    family('reloads_total', 'counter', 'Reloads that succeeded.', [['', {}, stats.reloads]]),
    family('failed_changes_total', 'counter', 'Loads, reloads and rollbacks that did not complete.', [
      ['', {}, stats.failedChanges],
    ]),
    family('thread_crashes_total', 'counter', 'Threads that died.', [['', {}, stats.crashes]]),
    family('threads_abandoned_total', 'counter', 'Threads replaced because of calls that were given up.', [
      ['', {}, stats.abandoned],
    ]),
    family('threads_recycled_total', 'counter', 'Threads replaced in peace.', [['', {}, stats.recycled]]),
    family('standby_threads', 'gauge', 'Blank threads that wait for the next version.', [
      ['', {}, stats.standbyThreads],
    ]),
    family(
      'calls_total',
      'counter',
      'Settled calls.',
      perPlugin(plugins, (plugin) => plugin.calls),
    ),
    family(
      'call_failures_total',
      'counter',
      'Settled calls that failed, or whose caller gave up.',
      perPlugin(plugins, (plugin) => plugin.failures),
    ),
    family('call_duration_seconds', 'summary', 'From the call to its answer.', plugins.flatMap(durations)),
    family(
      'pending_calls',
      'gauge',
      'Calls without an answer.',
      perVersion(versions, (one) => one.pending.length),
    ),
    family(
      'queued_calls',
      'gauge',
      'Calls that wait for a thread.',
      perVersion(versions, (one) => one.queued),
    ),
    family('versions', 'gauge', 'Versions by the state they are in.', versions.map(stateOf)),
    family(
      'threads',
      'gauge',
      'Threads of a version.',
      perVersion(versions, (one) => one.threads.length),
    ),
    family(
      'thread_event_loop_utilization',
      'gauge',
      "Share of the last second that a thread's event loop was busy.",
      perThread(versions, (thread) => thread.eventLoopUtilization),
      Math.max,
    ),
    family(
      'thread_heap_used_bytes',
      'gauge',
      'JavaScript heap in use by a thread.',
      perThread(versions, (thread) => thread.heapUsedBytes),
    ),
  ].join('');
}

/** A thread that has died is listed until another takes its place, with what it measured last. */
function withoutDead(version: VersionStats): VersionStats {
  return { ...version, threads: version.threads.filter(({ state }) => state !== 'dead') };
}

function perPlugin(plugins: readonly PluginStats[], value: (plugin: PluginStats) => number): Sample[] {
  return plugins.map((plugin) => ['', { plugin: plugin.plugin }, value(plugin)]);
}

function perVersion(versions: readonly VersionStats[], value: (version: VersionStats) => number): Sample[] {
  return versions.map((version) => ['', labelsOf(version), value(version)]);
}

function perThread(
  versions: readonly VersionStats[],
  value: (thread: VersionStats['threads'][number]) => number,
): Sample[] {
  return versions.flatMap((version) =>
    version.threads.map((thread): Sample => [
      '',
      { ...labelsOf(version), thread: thread.index },
      value(thread),
    ]),
  );
}

function stateOf(version: VersionStats): Sample {
  return ['', { ...labelsOf(version), state: version.state }, 1];
}

function durations({ plugin, calls, p50Ms, p99Ms, totalMs }: PluginStats): Sample[] {
  return [
    ['', { plugin, quantile: '0.5' }, seconds(p50Ms)],
    ['', { plugin, quantile: '0.99' }, seconds(p99Ms)],
    ['_sum', { plugin }, totalMs / 1000],
    ['_count', { plugin }, calls],
  ];
}

function labelsOf({ plugin, version }: VersionStats): Labels {
  return { plugin, version };
}

function seconds(ms: number | undefined): number {
  return ms === undefined ? Number.NaN : ms / 1000;
}

/** Versions of the same bytes bear the same labels, and a series must not occur twice: their samples are combined. */
function family(
  name: string,
  type: string,
  help: string,
  samples: readonly Sample[],
  combine = (left: number, right: number) => left + right,
): string {
  const full = `liveswap_${name}`;
  const series = new Map<string, number>();
  for (const [suffix, labels, value] of samples) {
    const key = `${full}${suffix}${formatLabels(labels)}`;
    const before = series.get(key);
    series.set(key, before === undefined ? value : combine(before, value));
  }
  const lines = Array.from(series, ([key, value]) => `${key} ${value}`);
  return [`# HELP ${full} ${help}`, `# TYPE ${full} ${type}`, ...lines, ''].join('\n');
}

function formatLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(String(value))}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
