import type { Footprint } from './footprint.js';
import { latencies, spread, type DemoRun } from './run.js';

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;
const milliseconds = (ms: number): string => `${ms.toFixed(ms < 1 ? 2 : 1)} ms`;
const count = (value: number): string => value.toLocaleString('en');

/** Returns the table with which the demo ends. */
export function report(run: DemoRun): string {
  const { tally, failed, job, lives, builds, before, after } = run;
  const seconds = (run.endedAt - run.beganAt) / 1000;
  const { steady, around } = latencies(run);
  const rows = [
    ['requests', `${count(tally.requests)} in ${seconds.toFixed(1)} s`],
    ['failed', count(failed + tally.failed)],
    ['older than live', count(tally.stale)],
    [],
    ['', 'answers', 'build', 'reload', 'of it: start', 'switch'],
    ...lives.map(({ version, ms }, index) => [
      `version ${version}`,
      count(tally.byVersion.get(version) ?? 0),
      ...(index === 0
        ? []
        : [
            milliseconds(builds[index - 1] ?? Number.NaN),
            milliseconds(ms.total),
            milliseconds(ms.start),
            milliseconds(ms.switch),
          ]),
    ]),
    [],
    ['latency', 'p50', 'p99', 'requests'],
    ['steady', ...latencyCells(steady)],
    ['around a reload', ...latencyCells(around)],
    [],
    ['long job', jobText(job)],
    [],
    ['server process', 'before', 'after'],
    ...footprintRows(before, after),
  ];
  return rows.map((cells) => cells.map(pad).join('').trimEnd()).join('\n');
}

function latencyCells(values: readonly number[]): string[] {
  const { p50, p99 } = spread(values);
  return [p50, p99, count(values.length)];
}

function footprintRows(before: Footprint, after: Footprint): string[][] {
  return [
    ['worker threads', count(before.threads), count(after.threads)],
    ['memory (RSS)', megabytes(before.rss), megabytes(after.rss)],
    ['main heap', megabytes(before.heap), megabytes(after.heap)],
  ];
}

function jobText({ beganAt, endedAt, answeredBy, liveThen }: DemoRun['job']): string {
  const seconds = ((endedAt - beganAt) / 1000).toFixed(1);
  return `begun on version 1, finished by version ${answeredBy} after ${seconds} s, when version ${liveThen} was live`;
}

function pad(cell: string, column: number): string {
  return column === 0 ? `  ${cell.padEnd(18)}` : cell.padEnd(14);
}
