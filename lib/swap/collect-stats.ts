import { performance } from '../core/timers.js';
import type { Call } from '../dispatch/call.js';
import type { CallCounts } from '../observe/call-stats.js';
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
import { DrainingCaller } from './draining-callers.js';
import { Generation } from './generation.js';

/** Returns the statistics of every plugin that is loaded or has ever been called, in the order of their names. */
export function collectPlugins(
  totals: ReadonlyMap<string, CallCounts>,
  handOvers: ReadonlyMap<string, HandOverCost>,
  alive: Iterable<Version>,
  holdersOf: (version: Version) => Iterable<object>,
): PluginStats[] {
  const byPlugin = new Map<string, Version[]>();
  for (const version of alive) {
    const { plugin } = version;
    byPlugin.set(plugin, [version, ...(byPlugin.get(plugin) ?? [])]);
  }
  const inOrder = [...totals].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return inOrder.map(([plugin, counts]) => ({
    plugin,
    ...counts,
    handOver: handOvers.get(plugin),
    versions: (byPlugin.get(plugin) ?? []).map((version) =>
      describeVersion(version, [...holdersOf(version)]),
    ),
  }));
}

/** Describes a version. Lists of calls may be long, so they are built only when read. */
function describeVersion(version: Version, holders: readonly object[]): VersionStats {
  const { balancer, outsideWork, activity } = version;
  const now = performance.now();
  const pending = lazy(() => pendingOf(version, now));
  const keptBy = lazy(() => reasonsOf(version, holders, pending()));
  return {
    plugin: version.plugin,
    version: version.id,
    state: version.state.kind,
    loadedAt: version.loadedAt,
    ...version.calls.counts(),
    threads: version.threads.map((thread) => describeThread(version, thread)),
    pendingCount: balancer.pending + balancer.queued + outsideWork.pending,
    get pending() {
      return pending();
    },
    queued: balancer.queued,
    activity: activity.state.kind,
    savedAt: activity.savedAt,
    remarks: [...version.remarks],
    get keptBy() {
      return keptBy();
    },
  };
}

function lazy<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function describeThread(version: Version, thread: ThreadHandle): ThreadStats {
  return {
    index: thread.name.thread,
    state: stateOf(version, thread),
    pending: version.group.connectionOf(thread)?.pending ?? 0,
    held: thread.gauge.held,
    eventLoopUtilization: thread.gauge.eventLoopUtilization,
    heapUsedBytes: thread.gauge.heapUsedBytes,
    missedTicks: thread.gauge.missedTicks,
  };
}

function stateOf(version: Version, thread: ThreadHandle): ThreadStats['state'] {
  if (thread.death) return 'dead';
  if (version.group.isLeaving(thread)) return 'leaving';
  return version.group.serves(thread) ? 'serving' : 'starting';
}

function pendingOf(version: Version, now: number): PendingCall[] {
  const found: PendingCall[] = [];
  const add = (call: Call, thread: number | undefined): void => {
    found.push({ name: call.name, ageMs: now - call.madeAt, thread, abandoned: call.answered });
  };
  for (const thread of version.threads) {
    for (const call of version.group.connectionOf(thread)?.calls ?? []) add(call, thread.name.thread);
  }
  for (const call of version.balancer.waiting) add(call, undefined);
  for (const { name, beganAt, thread } of version.outsideWork.jobs)
    found.push({ name, ageMs: now - beganAt, thread, abandoned: false });
  return found;
}

/** Returns everything that keeps a version from being retired. */
export function reasonsToStay(version: Version, holders: readonly object[]): KeptBy[] {
  return reasonsOf(version, holders, pendingOf(version, performance.now()));
}

function reasonsOf(version: Version, holders: readonly object[], pending: readonly PendingCall[]): KeptBy[] {
  const generations = holders.filter((holder) => holder instanceof Generation);
  const callers = new Set(
    holders.flatMap((holder) => (holder instanceof DrainingCaller ? [holder.version] : [])),
  );
  const pins = holders.filter(
    (holder) => !(holder instanceof Generation || holder instanceof DrainingCaller),
  ).length;
  return [
    ...generations.map(({ id }): KeptBy => ({ kind: 'generation', id })),
    ...(pins > 0 ? [{ kind: 'pins', count: pins } as const] : []),
    ...Array.from(callers, ({ plugin, id }): KeptBy => ({ kind: 'caller', plugin, version: id })),
    ...Array.from(version.dependents, (one): KeptBy => ({
      kind: 'dependent',
      plugin: one.plugin,
      version: one.id,
    })),
    ...pending.map(({ name, ageMs }): KeptBy => ({ kind: 'call', name, ageMs })),
    ...Array.from(version.outsideWork.held, ([what, count]): KeptBy => ({ kind: 'held', what, count })),
    ...version.threads
      .filter((thread) => thread.gauge.held > 0)
      .map((thread): KeptBy => ({ kind: 'open', thread: thread.name.thread, count: thread.gauge.held })),
  ];
}
