import { join } from 'node:path';
import type { Finding, PluginReport } from '../compiler/index.js';
import { breakText, compareReleases, type ContractBreak } from '../contract/check-release.js';
import type { HostContract } from '../contract/host-contract.js';
import { spentPermits } from '../contract/permits.js';
import type { Manifest } from '../manifest/manifest.js';
import { keyOf } from '../core/plugin-key.js';
import type { ArtifactFacts } from '../manifest/runnable-artifact.js';

/** Changes by which a release would break the running one, for a terminal and for programs. */
export interface Comparison {
  readonly lines: readonly string[];
  /** The reports of the check, with the breaking changes among the findings. */
  readonly asReports: readonly PluginReport[];
  readonly isBroken: boolean;
}

/** Compares checked plugins with the running artifacts; plugins that were not checked are assumed unchanged. */
export function compareWith(
  running: readonly ArtifactFacts[],
  reports: readonly PluginReport[],
  host: HostContract | undefined,
): Comparison {
  const checked = reports.flatMap((report) => (report.state === 'checked' ? [report.manifest] : []));
  const names = new Set(checked.map(({ name }) => keyOf(name)));
  const before = running.map(({ manifest }) => manifest);
  const after = [...checked, ...before.filter(({ name }) => !names.has(keyOf(name)))];
  const { breaks, permitted } = compareReleases(before, after, 'backward', host);
  return {
    lines: [
      ...breaks.map((one) => `BREAKING ${breakText(one)}`),
      ...permitted.map((one) => `allowed ${breakText(one)}; reason: ${one.reason || 'none given'}`),
      ...spentPermits(before, after),
    ],
    asReports: reports.map((report) => withBreaks(report, breaks, after)),
    isBroken: breaks.length > 0,
  };
}

function withBreaks(
  report: PluginReport,
  breaks: readonly ContractBreak[],
  manifests: readonly Manifest[],
): PluginReport {
  const own = breaks.filter(({ plugin }) => keyOf(plugin) === keyOf(report.name));
  if (own.length === 0 || report.state !== 'checked') return report;
  const { name, folder, times, warnings } = report;
  const findings = own.map((one): Finding => {
    const { file, line } = placeOf(one, manifests) ?? { file: 'index.ts', line: 1 };
    const place = { file: join(folder, file), line, column: 1, endLine: line, endColumn: 1 };
    return { rule: 'contract', plugin: name, ...place, problem: `BREAKING ${breakText(one)}`, remedy };
  });
  return { state: 'refused', name, folder, times, warnings, findings };
}

const remedy =
  'Keep the old form beside the new one, or allow it with @breaking or definePlugin({ removed }).';

function placeOf(
  { symbol, what }: ContractBreak,
  manifests: readonly Manifest[],
): { readonly file: string; readonly line: number } | undefined {
  const kinds = { 'live function': 'liveFunctions', 'live type': 'liveTypes' } as const;
  if (what !== 'live function' && what !== 'live type') return undefined;
  return manifests.flatMap((manifest) => [...manifest[kinds[what]]]).find(({ name }) => name === symbol);
}
