import { BuildSession, findingsOf, type CheckOptions } from '../compiler/index.js';
import { exitCodes } from './exit-codes.js';
import type { CheckFlags } from './flags.js';
import { printReports, showProgress } from './output.js';

/** Checks and prints; returns the exit code. */
export async function runCheck(options: CheckOptions, flags: CheckFlags): Promise<number> {
  const progress = showProgress();
  const session = new BuildSession({ ...options, outDir: '.', onProgress: progress.show });
  try {
    const reports = await session.check();
    progress.end();
    printReports(reports, flags);
    return findingsOf(reports).length > 0 ? exitCodes.findings : exitCodes.ok;
  } finally {
    progress.end();
    await session.close();
  }
}
