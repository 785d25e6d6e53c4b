import { styleText } from 'node:util';
import { reportsAsJson } from '../compiler/diagnostics/json.js';
import type { Paint } from '../compiler/diagnostics/paint.js';
import { findingsAsSarif } from '../compiler/diagnostics/sarif.js';
import { countOf, findingsAsText } from '../compiler/diagnostics/text.js';
import type { LargeInput } from '../compiler/bundle/largest-inputs.js';
import type { BuildProgress } from '../compiler/options.js';
import { findingsOf, type PluginReport } from '../compiler/report.js';
import type { Finding } from '../compiler/rule.js';
import { packageVersion } from '../core/package-version.js';
import type { CheckFlags } from './flags.js';
import { StatusLine } from './status-line.js';

const styles = { place: 'cyan', rule: 'red', remedy: 'bold', gutter: 'gray', mark: 'red' } as const;

const paint: Paint = (role, text) => styleText(styles[role], text, { stream: process.stdout });

/** Options for printing reports. */
export interface Printing extends Pick<CheckFlags, 'format' | 'verbose'> {
  /** True to print only findings: the caller prints the outcome of each plugin itself. */
  readonly isBrief?: boolean;
}

/** Prints the reports of plugins in the requested format. */
export async function printReports(reports: readonly PluginReport[], flags: Printing): Promise<void> {
  const findings = findingsOf(reports);
  switch (flags.format) {
    case 'json':
      return print(JSON.stringify(reportsAsJson(reports), undefined, 2));
    case 'sarif': {
      // Importing the rules also loads the compiler, so do it only for this format.
      const { rules } = await import('../compiler/rules/index.js');
      return print(JSON.stringify(findingsAsSarif(findings, rules, packageVersion()), undefined, 2));
    }
    case 'text':
      if (findings.length > 0) printFindings(findings);
      if (flags.isBrief) return;
      if (findings.length > 0) print(`${countOf(findings)}.`);
      for (const report of reports)
        print(...remarksOn(report, flags.verbose), lineOf(report), ...(flags.verbose ? details(report) : []));
      return;
    default:
      flags.format satisfies never;
  }
}

/** Prints findings as a compiler does. */
export function printFindings(findings: readonly Finding[]): void {
  print(findingsAsText(findings, paint));
}

/** Returns the warnings about a plugin and, if it was built, the packages that the server must have. */
export function remarksOn(report: PluginReport, verbose = false): string[] {
  const { name, warnings, times } = report;
  const warned = warnings.length > 0 ? [findingsAsText(warnings, paint)] : [];
  if (!('artifact' in report)) return warned;
  const { outside, largest } = report;
  const isSlow = (times.bundle ?? 0) > SLOW_BUNDLE_MS;
  return [
    ...warned,
    ...(isSlow || verbose ? largest.map((input) => largeLine(name, input)) : []),
    ...outside.map(({ name: one, reason, isNeeded }) => {
      const verb = isNeeded ? 'needs' : 'may need';
      return `${name} ${verb} ${one} in a node_modules folder where it runs: ${reason}`;
    }),
  ];
}

/** If bundling takes longer, the command tells which packages are large. */
const SLOW_BUNDLE_MS = 5000;

function largeLine(plugin: string, { name, bytes, importer }: LargeInput): string {
  const size = bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
  return `${plugin} bundles ${size} of ${name}${importer === undefined ? '' : `, imported by ${importer}`}`;
}

function lineOf(report: PluginReport): string {
  switch (report.state) {
    case 'built':
    case 'unchanged': {
      const adapters = report.adapted.length > 0 ? `, adapters: ${report.adapted.join(', ')}` : '';
      return `${report.name} ${report.state} ${report.artifact.hash.slice(0, 8)}${adapters}`;
    }
    case 'refused':
      return `${report.name} refused, ${countOf(report.findings)}`;
    default:
      return `${report.name} ok`;
  }
}

function details(report: PluginReport): string[] {
  const times = Object.entries(report.times).map(([step, ms]) => `${step} ${ms.toFixed(0)} ms`);
  const lines = times.length > 0 ? [`  ${times.join(', ')}`] : [];
  if (!('artifact' in report)) return lines;
  const { file, manifest } = report.artifact;
  const live = [...manifest.liveFunctions, ...manifest.liveTypes];
  const unknown = manifest.unknownUses ?? [];
  return [
    `  ${file}`,
    ...live.map(({ name, file, line }) => `  ${name} (${file}:${line})`),
    ...unknown.map(
      ({ file, line }) => `  calls a live function whose name is not known here (${file}:${line})`,
    ),
    ...lines,
  ];
}

/** Shows the progress of a long build on one transient line, when the output is a terminal. */
export function showProgress(): {
  readonly show: (progress: BuildProgress) => void;
  readonly end: () => void;
} {
  let current: BuildProgress | undefined;
  let slow: NodeJS.Timeout | undefined;
  const line = new StatusLine(process.stderr, [process.stdout], () =>
    current ? `${current.plugin ? `${current.plugin}: ` : ''}${current.step} …` : '',
  );
  return {
    show: (progress) => {
      current = progress;
      line.draw();
      clearTimeout(slow);
      if (progress.step === 'bundle') slow = setTimeout(sayIsSlow, SLOW_BUNDLE_MS, progress.plugin).unref();
    },
    end: () => {
      clearTimeout(slow);
      line.end();
    },
  };
}

/** Prints that bundling takes long. Only esbuild knows which files it has read so far, and tells so when it is done. */
function sayIsSlow(plugin = 'A plugin'): void {
  const seconds = SLOW_BUNDLE_MS / 1_000;
  process.stderr.write(
    `${plugin} is still being bundled after ${seconds} s; what is large in it, and who imports that, is said when it is done.\n`,
  );
}

/** Prints lines to stdout. */
export function print(...lines: string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
