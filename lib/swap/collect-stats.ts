import type { CallStats } from '../observe/call-stats.js';
import type {
  HandOverCost,
  KeptBy,
  PendingCall,
  PluginStats,
  ThreadStats,
  VersionStats,
} from '../observe/stats.js';
import type { ThreadHandle } from '../version/thread-handle.js';
import type { Version } from '../version/version.js';
import { Generation } from './generation.js';

/** The statistics of every plugin that was ever called or is there now, by name. */
export function collectPlugins(
  totals: ReadonlyMap<string, CallStats>,
  handOvers: ReadonlyMap<string, HandOverCost>,
  alive: Iterable<Version>,
  holdersOf: (version: Version) => Iterable<object>,
): PluginStats[] {
  const versions = [...alive].toReversed();
  return [...totals].map(([plugin, stats]) => ({
    plugin,
    ...stats.counts(),
    handOver: handOvers.get(plugin),
    versions: versions
      .filter((version) => version.plugin === plugin)
      .map((version) => describeVersion(version, [...holdersOf(version)])),
  }));
}

function describeVersion(version: Version, holders: readonly object[]): VersionStats {
  const pending = pendingOf(version);
  return {
    plugin: version.plugin,
    version: version.id,
    state: version.state.kind,
    loadedAt: version.loadedAt,
    ...version.calls.counts(),
    threads: version.threads.map((thread) => describeThread(version, thread)),
    pending,
    queued: version.balancer.queued,
    activity: version.activity.state.kind,
    savedAt: version.activity.savedAt,
    keptBy: reasonsOf(version, holders, pending),
  };
}

function describeThread(version: Version, thread: ThreadHandle): ThreadStats {
  return {
    index: thread.name.thread,
    state: stateOf(version, thread),
    pending: version.connectionOf(thread)?.pending ?? 0,
    held: thread.held,
    eventLoopUtilization: thread.eventLoopUtilization,
    heapUsedBytes: thread.heapUsedBytes,
  };
}

function stateOf(version: Version, thread: ThreadHandle): ThreadStats['state'] {
  if (thread.death) return 'dead';
  if (version.isLeaving(thread)) return 'leaving';
  return version.serves(thread) ? 'serving' : 'starting';
}

function pendingOf(version: Version): PendingCall[] {
  const now = performance.now();
  const sent = version.threads.flatMap((thread) =>
    Array.from(version.connectionOf(thread)?.calls ?? [], (call) => ({ call, thread: thread.name.thread })),
  );
  const waiting = Array.from(version.balancer.waiting, (call) => ({ call, thread: undefined }));
  const outside = Array.from(version.outsideWork.jobs, ({ name, beganAt, thread }) => ({
    name,
    ageMs: now - beganAt,
    thread,
    abandoned: false,
  }));
  const calls = [...sent, ...waiting].map(({ call, thread }) => ({
    name: call.name,
    ageMs: now - call.madeAt,
    thread,
    abandoned: call.answered,
  }));
  return [...calls, ...outside];
}

function reasonsOf(version: Version, holders: readonly object[], pending: readonly PendingCall[]): KeptBy[] {
  const generations = holders.filter((holder) => holder instanceof Generation);
  const pins = holders.length - generations.length;
  return [
    ...generations.map(({ id }): KeptBy => ({ kind: 'generation', id })),
    ...(pins > 0 ? [{ kind: 'pins', count: pins } as const] : []),
    ...Array.from(version.dependents, (one): KeptBy => ({
      kind: 'dependent',
      plugin: one.plugin,
      version: one.id,
    })),
    ...pending.map(({ name, ageMs }): KeptBy => ({ kind: 'call', name, ageMs })),
    ...Array.from(version.outsideWork.held, ([what, count]): KeptBy => ({ kind: 'held', what, count })),
    ...version.threads
      .filter((thread) => thread.held > 0)
      .map((thread): KeptBy => ({ kind: 'open', thread: thread.name.thread, count: thread.held })),
  ];
}
