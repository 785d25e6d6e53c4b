import { resolve } from 'node:path';
import { BuildSession, clean, findingsOf, type BuildOptions, type PluginReport } from '../build/index.js';
import { messageOf } from '../core/errors.js';
import type { BuildCommandFlags } from './build.js';
import { exitCodes } from './exit-codes.js';
import { print, printReports, showProgress } from './output.js';

/** Builds and prints, once or until interrupted; returns the exit code. */
export async function runBuild(options: BuildOptions, flags: BuildCommandFlags): Promise<number> {
  if (flags.clean) {
    for (const file of await clean(options.sources, options.outDir)) print(`removed ${file}`);
    return exitCodes.ok;
  }
  const progress = showProgress();
  const session = new BuildSession({ ...options, onProgress: progress.show });
  const show = (reports: readonly PluginReport[]): void => {
    progress.end();
    printReports(reports, flags);
  };
  try {
    const reports = await session.build();
    show(reports);
    if (flags.watch) return await watch(session, options, show);
    return findingsOf(reports).length > 0 ? exitCodes.findings : exitCodes.ok;
  } finally {
    progress.end();
    await session.close();
  }
}

/** Builds at each change until the process is told to end. */
async function watch(
  session: BuildSession,
  { sources, outDir }: BuildOptions,
  show: (reports: readonly PluginReport[]) => void,
): Promise<number> {
  const { watchFiles } = await import('../watch/watch-files.js');
  const folders = sources.map((source) => resolve(source));
  const files = await watchFiles(
    folders,
    async (changed) => {
      const reports = await session.rebuild(changed);
      await files.add(session.inputs);
      const touched = reports.filter(({ state }) => state !== 'unchanged');
      if (touched.length > 0) show(touched);
    },
    (error) => process.stderr.write(`liveswap: ${messageOf(error)}\n`),
    outDir,
  );
  await files.add(session.inputs);
  print(`watching ${folders.join(', ')}`);
  await new Promise<void>((interrupted) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted());
  });
  await files.close();
  return exitCodes.ok;
}
