import { resolveOptions, type BuildOptions } from '../compiler/options.js';
import { prepareOutFolder } from '../compiler/out-folder.js';
import { BuildRecord } from '../compiler/record/build-record.js';
import { findingsOf } from '../compiler/report.js';
import type { BuildCommandFlags } from './build-command-flags.js';
import { leaveSnapshot } from '../compiler/snapshot/leave-snapshot.js';
import { exitCodes } from './exit-codes.js';
import { openSession } from './open-session.js';
import { print, printReports, showProgress } from './output.js';

/** Builds and prints, once or until interrupted; returns the exit code. */
export async function runBuild(options: BuildOptions, flags: BuildCommandFlags): Promise<number> {
  if (flags.clean) {
    const { clean } = await import('../compiler/clean.js');
    for (const file of await clean(options.sources, options.outDir)) print(`removed ${file}`);
    return exitCodes.ok;
  }
  if (flags.watch) {
    const { runBuildWatch } = await import('./run-build-watch.js');
    return runBuildWatch(options, flags);
  }
  const { outDir, sources } = resolveOptions(options);
  await prepareOutFolder(outDir, sources);
  const record = await BuildRecord.open(options);
  const earlier = await record?.recall();
  if (earlier) {
    await printReports(earlier, flags);
    return exitCodes.ok;
  }
  const progress = showProgress();
  const [session] = await Promise.all([
    openSession({ ...options, onProgress: progress.show }),
    record?.begin(),
  ]);
  try {
    const reports = await session.build();
    progress.end();
    await printReports(reports, flags);
    await record?.keep(reports, session);
    return findingsOf(reports).length > 0 ? exitCodes.findings : exitCodes.ok;
  } finally {
    progress.end();
    await leaveSnapshot(() => session.reads());
    await session.close();
  }
}
