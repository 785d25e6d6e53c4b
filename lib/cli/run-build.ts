import { BuildSession, clean, findingsOf, type BuildOptions } from '../compiler/index.js';
import type { BuildCommandFlags } from './build-command-flags.js';
import { exitCodes } from './exit-codes.js';
import { print, printReports, showProgress } from './output.js';

/** Builds and prints, once or until interrupted; returns the exit code. */
export async function runBuild(options: BuildOptions, flags: BuildCommandFlags): Promise<number> {
  if (flags.clean) {
    for (const file of await clean(options.sources, options.outDir)) print(`removed ${file}`);
    return exitCodes.ok;
  }
  if (flags.watch) {
    const { runBuildWatch } = await import('./run-build-watch.js');
    return runBuildWatch(options, flags);
  }
  const progress = showProgress();
  const session = new BuildSession({ ...options, onProgress: progress.show });
  try {
    const reports = await session.build();
    progress.end();
    await printReports(reports, flags);
    return findingsOf(reports).length > 0 ? exitCodes.findings : exitCodes.ok;
  } finally {
    progress.end();
    await session.close();
  }
}
