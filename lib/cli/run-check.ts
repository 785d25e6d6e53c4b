import {
  applyFixes,
  BuildSession,
  findingsOf,
  type CheckOptions,
  type PluginReport,
} from '../compiler/index.js';
import { readHostContract } from '../contract/host-contract.js';
import { readArtifacts } from '../swap/read-artifacts.js';
import { compareWith, type Comparison } from './compare-with.js';
import { exitCodes } from './exit-codes.js';
import type { CheckCommandFlags } from './flags.js';
import { print, printReports, showProgress } from './output.js';

/** Checks and prints; returns the exit code. */
export async function runCheck(options: CheckOptions, flags: CheckCommandFlags): Promise<number> {
  const { against, contract } = flags;
  // Read these first: a file that cannot be read is misuse, and must be reported before the slow work begins.
  const running = against === undefined ? undefined : await readArtifacts(against, undefined);
  const host = contract === undefined ? undefined : await readHostContract(contract);
  const progress = showProgress();
  const session = new BuildSession({ ...options, outDir: '.', onProgress: progress.show });
  try {
    const reports = flags.fix ? await fixed(session) : await session.check();
    progress.end();
    const comparison = running && compareWith(running, reports, host);
    const isText = flags.format === 'text';
    const shown = comparison && !isText ? comparison.asReports : reports;
    await printReports(shown, flags);
    if (comparison && isText && comparison.lines.length > 0) print(...comparison.lines);
    return hasFailed(reports, comparison) ? exitCodes.findings : exitCodes.ok;
  } finally {
    progress.end();
    await session.close();
  }
}

/** Applies fixes in rounds, since one fix may block another. */
async function fixed(session: BuildSession): Promise<PluginReport[]> {
  let reports = await session.check();
  for (let rounds = 0; rounds < MAX_ROUNDS; rounds += 1) {
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
