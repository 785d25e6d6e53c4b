import { counted } from '../../core/counted.js';
import { keptByWords, pendingWords } from '../../observe/kept-by-words.js';
import type { PluginStats, SwapperStats, VersionStats } from '../../observe/stats.js';

/** The answer to `status`: the statistics in their JSON form. */
export interface SwapperStatus extends Omit<SwapperStats, 'plugins'> {
  readonly folder: string;
  readonly pid: number;
  readonly plugins: readonly (Omit<PluginStats, 'versions'> & {
    readonly versions: readonly VersionStatus[];
  })[];
}

/** A version, with its dates in their JSON form. */
export type VersionStatus = Omit<VersionStats, 'loadedAt'> & { readonly loadedAt: string };

/** Formats a status for people: a line for the swapper, then a table of its versions. */
export function statusText({ folder, pid, generation, reloads, crashes, plugins }: SwapperStatus): string {
  const head = `${folder} (pid ${pid}): ${generation === undefined ? 'nothing is loaded' : `generation ${generation}`}, ${counted(reloads, 'reload')}, ${counted(crashes, 'crash', 'crashes')}`;
  const rows = plugins.flatMap(({ versions }) => {
    const old = oldVersions(versions, generation);
    return versions.map((version) => rowOf(version, old.includes(version)));
  });
  if (rows.length === 0) return head;
  return [
    head,
    '',
    ...table(['plugin', 'version', 'state', 'threads', 'pending', 'queued', 'calls', 'kept by'], rows),
  ].join('\n');
}

/** Returns the versions of a plugin that do not belong to the current generation. */
export function oldVersions(
  versions: readonly VersionStatus[],
  generation: number | undefined,
): readonly VersionStatus[] {
  return versions.filter(
    ({ keptBy }) => !keptBy.some((one) => one.kind === 'generation' && one.id === generation),
  );
}

/** Explains why the old versions of a plugin are still alive. */
export function whyText(plugin: string, old: readonly VersionStatus[]): string {
  if (old.length === 0) return `${plugin}: no old version is alive.`;
  return old
    .flatMap((version) => [`${plugin}@${version.version} is ${version.state}:`, ...reasons(version)])
    .join('\n');
}

function reasons({ keptBy }: VersionStatus): string[] {
  if (keptBy.length === 0) return ['  nothing keeps it: it is about to be retired'];
  return keptBy.map((one) => `  ${keptByWords(one)}`);
}

function rowOf(version: VersionStatus, isOld: boolean): string[] {
  const { plugin, state, threads, pending, queued, keptBy } = version;
  const kept = isOld ? pendingWords({ keptBy }) : '';
  const pendingCount = pending.filter(({ thread }) => thread !== undefined).length;
  return [
    plugin,
    version.version,
    state,
    ...[threads.length, pendingCount, queued, version.calls].map(String),
    kept,
  ];
}

/** Aligns rows in columns, each as wide as its widest cell. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  return [head, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
