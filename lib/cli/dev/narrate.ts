import { existsSync } from 'node:fs';
import { shownPath } from '../../compiler/diagnostics/shown-path.js';
import type { PluginReport, RefusedPlugin } from '../../compiler/report.js';
import { isReported } from '../../dev/go-live.js';
import type { Watcher } from '../../dev/watcher.js';
import { formatDetails } from '../../observe/format-details.js';
import type { VersionStats } from '../../observe/stats.js';
import type { Details } from '../../swap/details.js';
import type { Swapper } from '../../swap/swapper.js';
import type { CheckFlags } from '../flags.js';
import { print, printReports, remarksOn } from '../output.js';
import { durationWords, pendingWords } from '../../observe/kept-by-words.js';
import { tell, tellOutcome } from '../tell.js';

const SHOWN_FILES = 3;

/** Findings that keep the code on disk from going live, by plugin. */
export type Refusals = ReadonlyMap<string, string>;

/** The current refusals, and a function that ends the narration. */
export interface Narration {
  /** The refusals as of now. */
  readonly refusals: Refusals;
  readonly end: () => void;
}

/** Prints the outcome of each save on one line; with `verbose`, the steps in between as well. */
export function narrate(
  swapper: Swapper,
  watcher: Watcher,
  flags: Pick<CheckFlags, 'format' | 'verbose'>,
): Narration {
  const refusals = new Map<string, string>();
  const note = (reports: readonly PluginReport[]): void => {
    for (const report of reports) {
      if (report.state === 'refused') refusals.set(report.name, findingsWord(report));
      else refusals.delete(report.name);
    }
  };
  let isSaved = false;
  const gone = new Set<string>();
  const stops = [
    watcher.on('saved', ({ files }) => {
      isSaved = files.some(isThere);
    }),
    watcher.on('built', ({ reports, removed }) => {
      note(reports);
      for (const name of removed) {
        refusals.delete(name);
        gone.add(name);
      }
      for (const report of reports) tellReport(report, swapper, flags);
      if (isSaved && reports.length === 0 && removed.length === 0) tellOutcome('nothing to swap', 'yellow');
    }),
    watcher.on('judged', ({ reports }) => {
      note(reports);
      for (const report of reports) tellReport(report, swapper, flags);
    }),
    watcher.on('live', ({ details, ms }) => {
      tellOutcome(`${outcomeOf(details, gone)} in ${durationWords(ms.total)}`, 'green');
      gone.clear();
    }),
    watcher.on('failed', ({ error }) => {
      if (!isReported(error)) tellOutcome(`failed: ${error.message}`, 'red');
    }),
    ...(flags.verbose ? tellMore(swapper, watcher) : []),
  ];
  return {
    refusals,
    end: () => {
      for (const stop of stops) stop();
    },
  };
}

/** Returns every version that has threads. */
export function versionsOf(swapper: Swapper): VersionStats[] {
  return swapper.stats().plugins.flatMap(({ versions }) => versions);
}

/** Returns the version of a plugin that takes calls; empty when there is none. */
export function servingVersion(swapper: Swapper, plugin: string): string {
  const active = versionsOf(swapper).find((one) => one.plugin === plugin && one.state === 'active');
  return active ? active.version : '';
}

/** Formats file names for display: the first few of many, leaving out temporary files that an editor has already deleted. */
export function fileNames(files: readonly string[]): string {
  const there = files.filter(isThere);
  const named = there.length > 0 ? there : files;
  const names = named.slice(0, SHOWN_FILES).map(shownPath);
  if (named.length > SHOWN_FILES) names.push(`${named.length - SHOWN_FILES} more`);
  return names.join(', ');
}

// A temporary file of an editor may be noticed on its own, when it is gone.
function isThere(file: string): boolean {
  return existsSync(file);
}

function tellReport(
  report: PluginReport,
  swapper: Swapper,
  flags: Pick<CheckFlags, 'format' | 'verbose'>,
): void {
  for (const remark of remarksOn(report)) print(remark);
  if (report.state !== 'refused') return;
  // Separate the findings of one save from those of the next.
  print('');
  void printReports([report], { ...flags, isBrief: true });
  if (flags.format !== 'text') return;
  const serving = servingVersion(swapper, report.name);
  tellOutcome(`${report.name}: ${findingsWord(report)}${serving && `, serving ${serving}`}`, 'red');
}

/** Formats an outcome: `pricing swapped, orders relinked, forge removed`. */
function outcomeOf(details: Details, gone: Iterable<string>): string {
  const changes = Object.entries(details).filter(([, note]) => note !== 'unchanged');
  const swapped = changes.filter(([, note]) => note === 'ok').map(([name]) => name);
  const outcome = [
    ...(swapped.length > 0 ? [`${swapped.join(', ')} swapped`] : []),
    ...changes.filter(([, note]) => note !== 'ok').map(([name, note]) => `${name} ${note}`),
    ...Array.from(gone, (name) => `${name} removed`),
  ];
  return outcome.join(', ') || 'nothing swapped';
}

function findingsWord({ findings }: RefusedPlugin): string {
  return findings.length === 1 ? '1 finding' : `${findings.length} findings`;
}

/** Prints the events between a save and its outcome. */
function tellMore(swapper: Swapper, watcher: Watcher): (() => void)[] {
  return [
    watcher.on('saved', ({ files }) => {
      if (files.some(isThere)) tell('saved', fileNames(files));
    }),
    watcher.on('built', ({ reports, removed }) => {
      for (const report of reports) tellTimes(report);
      for (const name of removed) tell('removed', name);
    }),
    swapper.on('reloaded', ({ generation, details, ms }) =>
      tell('swapped', `in ${durationWords(ms.total)}, generation ${generation}: ${formatDetails(details)}`),
    ),
    swapper.on('version', ({ plugin, version, state }) => {
      if (state === 'retired') tell('retired', `${plugin}@${version}`);
      if (state !== 'draining') return;
      const stats = versionsOf(swapper).find((one) => one.plugin === plugin && one.version === version);
      const pending = stats && pendingWords(stats);
      tell('draining', `${plugin}@${version}: ${pending || 'nothing is pending'}`);
    }),
  ];
}

function tellTimes({ name, times, ...report }: PluginReport): void {
  const { bundle = 0, write = 0, ...checks } = times;
  const checkMs = Object.values(checks).reduce((sum, ms) => sum + ms, 0);
  tell('checked', `${name} in ${durationWords(checkMs)}`);
  if ('artifact' in report) {
    const version = report.artifact.hash.slice(0, 8);
    tell('built', `${name}@${version} in ${durationWords(bundle + write)}`);
  }
}
