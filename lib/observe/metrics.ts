import type { PluginStats, SwapperStats, ThreadStats, VersionStats } from './stats.js';

/** Labels as text, `{plugin="guardian"}`, and a value. */
type Sample = readonly [suffix: string, labels: string, value: number];

type Combine = (left: number, right: number) => number;

/** A version, with the labels of its samples. */
interface Labelled {
  readonly stats: VersionStats;
  /** `plugin="guardian",version="3f2a91c0"` */
  readonly labels: string;
  /** Living threads: a dead one is listed with its last measurements until another replaces it. */
  readonly threads: readonly ThreadStats[];
}

/** Media type of the text that `swapper.metrics()` returns. */
export const METRICS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Formats the statistics for Prometheus (text exposition format 0.0.4). */
export function formatMetrics(stats: SwapperStats): string {
  const { plugins } = stats;
  const versions = plugins.flatMap((plugin) => plugin.versions).map(labelled);
  // Versions of equal bytes have equal labels.
  const isAnyTwice = new Set(versions.map(({ labels }) => labels)).size < versions.length;
  const sum = isAnyTwice ? (left: number, right: number) => left + right : undefined;
  const most = isAnyTwice ? Math.max : undefined;
  return [
    family('generation', 'gauge', 'Id of the current generation.', [['', '', stats.generation ?? 0]]),
    family('reloads_total', 'counter', 'Reloads that succeeded.', [['', '', stats.reloads]]),
    family('failed_changes_total', 'counter', 'Loads, reloads and rollbacks that did not complete.', [
      ['', '', stats.failedChanges],
    ]),
    family('thread_crashes_total', 'counter', 'Threads that died.', [['', '', stats.crashes]]),
    family('threads_abandoned_total', 'counter', 'Threads replaced because of calls that were given up.', [
      ['', '', stats.abandoned],
    ]),
    family('threads_recycled_total', 'counter', 'Threads that were replaced gracefully.', [
      ['', '', stats.recycled],
    ]),
    family('standby_threads', 'gauge', 'Idle threads that wait for the next version.', [
      ['', '', stats.standbyThreads],
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
      perVersion(versions, ({ stats: { pendingCount } }) => pendingCount),
      sum,
    ),
    family(
      'queued_calls',
      'gauge',
      'Calls that wait for a thread.',
      perVersion(versions, ({ stats: { queued } }) => queued),
      sum,
    ),
    family('versions', 'gauge', 'Versions by the state they are in.', versions.map(stateOf), sum),
    family(
      'threads',
      'gauge',
      'Threads of a version.',
      perVersion(versions, ({ threads }) => threads.length),
      sum,
    ),
    family(
      'thread_event_loop_utilization',
      'gauge',
      "Share of the last second that a thread's event loop was busy.",
      perThread(versions, (thread) => thread.eventLoopUtilization),
      most,
    ),
    family(
      'thread_heap_used_bytes',
      'gauge',
      'JavaScript heap in use by a thread.',
      perThread(versions, (thread) => thread.heapUsedBytes),
      sum,
    ),
  ].join('');
}

function labelled(stats: VersionStats): Labelled {
  const labels = `${label('plugin', stats.plugin)},${label('version', stats.version)}`;
  return { stats, labels, threads: stats.threads.filter(({ state }) => state !== 'dead') };
}

function perPlugin(plugins: readonly PluginStats[], value: (plugin: PluginStats) => number): Sample[] {
  return plugins.map((plugin) => ['', `{${label('plugin', plugin.plugin)}}`, value(plugin)]);
}

function perVersion(versions: readonly Labelled[], value: (version: Labelled) => number): Sample[] {
  return versions.map((version) => ['', `{${version.labels}}`, value(version)]);
}

function perThread(versions: readonly Labelled[], value: (thread: ThreadStats) => number): Sample[] {
  return versions.flatMap(({ labels, threads }) =>
    threads.map((thread): Sample => ['', `{${labels},thread="${thread.index}"}`, value(thread)]),
  );
}

function stateOf({ labels, stats }: Labelled): Sample {
  return ['', `{${labels},${label('state', stats.state)}}`, 1];
}

function durations({ plugin, calls, p50Ms, p99Ms, totalMs }: PluginStats): Sample[] {
  const labels = label('plugin', plugin);
  return [
    ['', `{${labels},quantile="0.5"}`, seconds(p50Ms)],
    ['', `{${labels},quantile="0.99"}`, seconds(p99Ms)],
    ['_sum', `{${labels}}`, totalMs / 1000],
    ['_count', `{${labels}}`, calls],
  ];
}

function seconds(ms: number | undefined): number {
  return ms === undefined ? Number.NaN : ms / 1000;
}

/** Formats a family of samples; `combine` merges samples with equal labels, because a series must not occur twice. */
function family(
  name: string,
  type: string,
  help: string,
  samples: readonly Sample[],
  combine?: Combine,
): string {
  const full = `liveswap_${name}`;
  let text = `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n`;
  for (const [suffix, labels, value] of combine ? combined(samples, combine) : samples) {
    text += `${full}${suffix}${labels} ${value}\n`;
  }
  return text;
}

function combined(samples: readonly Sample[], combine: Combine): Iterable<Sample> {
  const series = new Map<string, Sample>();
  for (const [suffix, labels, value] of samples) {
    const before = series.get(labels);
    series.set(labels, [suffix, labels, before ? combine(before[2], value) : value]);
  }
  return series.values();
}

function label(name: string, value: string): string {
  const escaped = value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `${name}="${escaped}"`;
}
