import type { CheckOptions } from '../compiler/options.js';
import { BuildRecord } from '../compiler/record/build-record.js';
import { findingsOf, type PluginReport } from '../compiler/report.js';
import { readHostContract } from '../contract/host-contract.js';
import { readArtifacts } from '../swap/read-artifacts.js';
import { compareWith, type Comparison } from './compare-with.js';
import { leaveSnapshot } from '../compiler/snapshot/leave-snapshot.js';
import { exitCodes } from './exit-codes.js';
import type { CheckCommandFlags } from './flags.js';
import { openSession, type Session } from './open-session.js';
import { print, printReports, showProgress } from './output.js';

/** Checks and prints; returns the exit code. */
export async function runCheck(options: CheckOptions, flags: CheckCommandFlags): Promise<number> {
  const { against, contract } = flags;
  // Read these first: a file that cannot be read is misuse, and must be reported before the slow work begins.
  const running = against === undefined ? undefined : await readArtifacts(against, undefined);
  const host = contract === undefined ? undefined : await readHostContract(contract);
  const tell = async (reports: readonly PluginReport[]): Promise<number> => {
    const comparison = running && compareWith(running, reports, host);
    const isText = flags.format === 'text';
    const shown = comparison && !isText ? comparison.asReports : reports;
    await printReports(shown, flags);
    if (comparison && isText && comparison.lines.length > 0) print(...comparison.lines);
    return hasFailed(reports, comparison) ? exitCodes.findings : exitCodes.ok;
  };
  const record = await BuildRecord.open(options);
  const earlier = await record?.recall();
  if (earlier) return tell(earlier);
  const progress = showProgress();
  const [session] = await Promise.all([
    openSession({ ...options, outDir: '.', onProgress: progress.show }),
    record?.begin(),
  ]);
  try {
    const reports = flags.fix ? await fixed(session) : await session.check();
    progress.end();
    const code = await tell(reports);
    await record?.keep(reports, session);
    return code;
  } finally {
    progress.end();
    await leaveSnapshot(() => session.reads());
    await session.close();
  }
}

/** Applies fixes in rounds, since one fix may block another. */
async function fixed(session: Session): Promise<readonly PluginReport[]> {
  let reports = await session.check();
  for (let rounds = 0; rounds < MAX_ROUNDS; rounds += 1) {
    const { applyFixes } = await import('../compiler/fix.js');
    const { files } = await applyFixes(findingsOf(reports));
    if (files.length === 0) break;
    reports = await session.check(files);
  }
  return reports;
}

const MAX_ROUNDS = 10;

function hasFailed(reports: readonly PluginReport[], comparison: Comparison | undefined): boolean {
  return findingsOf(reports).length > 0 || (comparison?.isBroken ?? false);
}
