import type { VersionLife } from './chronicle.js';
import type { Footprint } from './footprint.js';
import { percentile } from '../harness/statistics.js';
import type { Sample } from './probe.js';
import type { Tally } from './server.js';

/** The job that began under version 1. */
export interface LongJob {
  readonly beganAt: number;
  readonly endedAt: number;
  /** Version of the code that finished it. */
  readonly answeredBy: number;
  /** Version that was live then. */
  readonly liveThen: number;
}

/** Everything that was observed in one run of the demo. Times are on the shared clock. */
export interface DemoRun {
  readonly beganAt: number;
  readonly endedAt: number;
  readonly samples: readonly Sample[];
  readonly lives: readonly VersionLife[];
  /** Milliseconds of each build, in the order of the edits. */
  readonly builds: readonly number[];
  readonly tally: Tally;
  /** Requests of either client that had no good answer. */
  readonly failed: number;
  readonly job: LongJob;
  readonly before: Footprint;
  readonly after: Footprint;
  /** True when every version but the newest has left, threads and all. */
  readonly oldAreGone: boolean;
}

/** Returns why requests of the fixed-rate client had no answer. */
function reasons({ samples }: DemoRun): string {
  const errors = new Set(samples.flatMap(({ outcome }) => ('error' in outcome ? outcome.error : [])));
  return errors.size === 0 ? '' : `: ${[...errors].join('; ')}`;
}

/** Half of the second around a reload, in milliseconds. */
const AROUND_MS = 500;

/** Returns the latencies of the requests in the second around a reload, and of all others. */
export function latencies({ samples, lives }: DemoRun): { steady: number[]; around: number[] } {
  const reloads = lives.slice(1).map((life) => life.liveAt);
  const isNear = ({ at }: Sample): boolean => reloads.some((reload) => Math.abs(at - reload) <= AROUND_MS);
  return {
    steady: samples.filter((sample) => !isNear(sample)).map(({ ms }) => ms),
    around: samples.filter(isNear).map(({ ms }) => ms),
  };
}

/** Returns the promises of the demo that the run did not keep; empty when all is well. */
export function shortcomings(run: DemoRun): string[] {
  const { tally, failed, job, lives, before, after } = run;
  const claims: [holds: boolean, otherwise: string][] = [
    [failed === 0 && tally.failed === 0, `${failed + tally.failed} requests failed${reasons(run)}`],
    [tally.stale === 0, `${tally.stale} answers were older than what was live when they were asked for`],
    [lives.every(({ version }) => tally.byVersion.has(version)), 'a version answered no request'],
    [job.answeredBy === 1, `the long job was finished by version ${job.answeredBy}`],
    [job.liveThen >= 3, `the long job ended before version 3 was live`],
    [run.oldAreGone, 'an old version has not left'],
    [after.threads <= before.threads, `there were ${before.threads} threads, there are ${after.threads}`],
  ];
  return claims.filter(([holds]) => !holds).map(([, otherwise]) => otherwise);
}

/** Returns the median and the 99th percentile as text. */
export function spread(values: readonly number[]): { p50: string; p99: string } {
  const text = (share: number): string => `${percentile(values, share).toFixed(2)} ms`;
  return { p50: text(0.5), p99: text(0.99) };
}
