import { resolve } from 'node:path';
import { BuildSession, clean, findingsOf, type BuildOptions, type PluginReport } from '../compiler/index.js';
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
    // Whatever is not text is for programs, which expect nothing else.
    const tell = flags.format === 'text' ? print : () => {};
    if (flags.watch) return await watch(session, options, show, tell);
    const reports = await session.build();
    show(reports);
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
  tell: (text: string) => void,
): Promise<number> {
  const { watchFiles } = await import('../files/watch-files.js');
  const folders = sources.map((source) => resolve(source));
  // Changes that no build has taken in yet: it failed before it could.
  const owed = new Set<string>();
  let built: Promise<void> = Promise.resolve();
  // Before the first build, so that nothing is saved between the two.
  const files = await watchFiles(
    folders,
    async (changed) => {
      await built;
      for (const path of changed) owed.add(path);
      const reports = await session.rebuild(owed);
      owed.clear();
      await files.add(session.inputs);
      const touched = reports.filter(({ state }) => state !== 'unchanged');
      if (touched.length > 0) show(touched);
    },
    (error) => process.stderr.write(`liveswap: ${messageOf(error)}\n`),
    { except: outDir },
  );
  try {
    built = session.build().then(show);
    await built;
    await files.add(session.inputs);
    tell(`watching ${folders.join(', ')}`);
    await interrupted();
    return exitCodes.ok;
  } finally {
    await files.close();
  }
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
