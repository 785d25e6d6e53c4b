import { styleText } from 'node:util';
import { shownPath } from '../../compiler/diagnostics/shown-path.js';
import type { PluginReport } from '../../compiler/index.js';
import { formatDetails } from '../../observe/format-details.js';
import type { VersionStats } from '../../observe/stats.js';
import type { Swapper } from '../../swap/swapper.js';
import { isTold } from '../../dev/go-live.js';
import type { Watcher } from '../../dev/watcher.js';
import type { CheckFlags } from '../flags.js';
import { print, printReports } from '../output.js';
import { durationWords, pendingWords } from './pending-words.js';

const colors = {
  saved: 'cyan',
  checked: 'green',
  built: 'green',
  removed: 'yellow',
  swapped: 'green',
  live: 'green',
  failed: 'red',
  draining: 'yellow',
  retired: 'gray',
  host: 'yellow',
  ready: 'cyan',
  stopping: 'yellow',
} as const;

const SHOWN_FILES = 3;

/** Prints one line: what happened, and the particulars. */
export function tell(what: keyof typeof colors, particulars: string): void {
  const word = styleText(colors[what], what.padEnd(8), { stream: process.stdout });
  print(`${word} ${particulars}`);
}

/** Prints one line an event of a swapper and the watcher that feeds it. Returns what ends that. */
export function narrate(
  swapper: Swapper,
  watcher: Watcher,
  flags: Pick<CheckFlags, 'format' | 'verbose'>,
): () => void {
  let since = 'the start';
  const stops = [
    watcher.on('saved', ({ files }) => {
      since = 'the save was noticed';
      tell('saved', fileNames(files));
    }),
    watcher.on('built', ({ reports, removed }) => {
      for (const report of reports) tellReport(report, flags);
      for (const name of removed) tell('removed', name);
    }),
    watcher.on('live', ({ ms }) => tell('live', `${durationWords(ms.total)} after ${since}`)),
    watcher.on('failed', ({ error }) => {
      if (!isTold(error)) tell('failed', error.message);
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
  return () => {
    for (const stop of stops) stop();
  };
}

/** Every version that has threads. */
export function versionsOf(swapper: Swapper): VersionStats[] {
  return swapper.stats().plugins.flatMap(({ versions }) => versions);
}

function tellReport(report: PluginReport, flags: Pick<CheckFlags, 'format' | 'verbose'>): void {
  if (report.state === 'refused') return printReports([report], flags);
  const { name, times } = report;
  const { bundle = 0, write = 0, ...checks } = times;
  const checkMs = Object.values(checks).reduce((sum, ms) => sum + ms, 0);
  tell('checked', `${name} in ${durationWords(checkMs)}`);
  if ('artifact' in report) {
    const version = report.artifact.hash.slice(0, 8);
    tell('built', `${name}@${version} in ${durationWords(bundle + write)}`);
  }
}

/** The names of files as they are shown, the first few of many. */
export function fileNames(files: readonly string[]): string {
  const names = files.slice(0, SHOWN_FILES).map(shownPath);
  if (files.length > SHOWN_FILES) names.push(`${files.length - SHOWN_FILES} more`);
  return names.join(', ');
}
