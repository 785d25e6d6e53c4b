import {
  applyFixes,
  BuildSession,
  findingsOf,
  type CheckOptions,
  type PluginReport,
} from '../compiler/index.js';
import { exitCodes } from './exit-codes.js';
import type { CheckCommandFlags } from './flags.js';
import { printReports, showProgress } from './output.js';

/** Checks and prints; returns the exit code. */
export async function runCheck(options: CheckOptions, flags: CheckCommandFlags): Promise<number> {
  const progress = showProgress();
  const session = new BuildSession({ ...options, outDir: '.', onProgress: progress.show });
  try {
    const reports = flags.fix ? await fixed(session) : await session.check();
    progress.end();
    await printReports(reports, flags);
    return findingsOf(reports).length > 0 ? exitCodes.findings : exitCodes.ok;
  } finally {
    progress.end();
    await session.close();
  }
}

/** Mends what can be mended, round after round: what one fix changes may be in the way of another. */
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
