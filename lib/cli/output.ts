import { styleText } from 'node:util';
import {
  countOf,
  findingsAsSarif,
  findingsAsText,
  findingsOf,
  reportsAsJson,
  rules,
  type BuildProgress,
  type Paint,
  type PluginReport,
} from '../compiler/index.js';
import { packageVersion } from './command.js';
import type { CheckFlags } from './flags.js';

const styles = { place: 'cyan', rule: 'red', remedy: 'bold', gutter: 'gray', mark: 'red' } as const;

const paint: Paint = (role, text) => styleText(styles[role], text, { stream: process.stdout });

/** Prints what came of the plugins in the format that is wanted. */
export function printReports(
  reports: readonly PluginReport[],
  flags: Pick<CheckFlags, 'format' | 'verbose'>,
): void {
  const findings = findingsOf(reports);
  switch (flags.format) {
    case 'json':
      return print(JSON.stringify(reportsAsJson(reports), undefined, 2));
    case 'sarif':
      return print(JSON.stringify(findingsAsSarif(findings, rules, packageVersion()), undefined, 2));
    case 'text':
      if (findings.length > 0) print(`${findingsAsText(findings, paint)}\n${countOf(findings)}.`);
      for (const report of reports)
        print(...remarksOn(report), lineOf(report), ...(flags.verbose ? details(report) : []));
      return;
    default:
      flags.format satisfies never;
  }
}

/** What a plugin that is built may fail of when it runs: warnings, and packages that the server must have. */
function remarksOn(report: PluginReport): string[] {
  if (!('artifact' in report)) return [];
  const { name, warnings, outside } = report;
  return [
    ...(warnings.length > 0 ? [findingsAsText(warnings, paint)] : []),
    ...outside.map(
      (one) => `${name} needs ${one.name} in a node_modules folder where it runs: ${one.reason}`,
    ),
  ];
}

function lineOf(report: PluginReport): string {
  switch (report.state) {
    case 'built':
    case 'unchanged':
      return `${report.name} ${report.state} ${report.artifact.hash.slice(0, 8)}`;
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
  return [`  ${file}`, ...live.map(({ name, file, line }) => `  ${name} (${file}:${line})`), ...lines];
}

/** Shows what a long build is doing, in one line that comes and goes, when somebody is looking. */
export function showProgress(): {
  readonly show: (progress: BuildProgress) => void;
  readonly end: () => void;
} {
  const { stderr } = process;
  if (!stderr.isTTY) return { show: () => {}, end: () => {} };
  const clear = '\r\u001B[K';
  return {
    show: ({ step, plugin }) => void stderr.write(`${clear}${plugin ? `${plugin}: ` : ''}${step} …`),
    end: () => void stderr.write(clear),
  };
}

/** Prints lines to where results go. */
export function print(...lines: string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
