import { resolve } from 'node:path';
import type { BuildOptions } from '../compiler/options.js';
import { refuseNoProcesses } from '../compiler/no-processes.js';
import { refusePlugNPlay } from '../compiler/plug-n-play.js';
import { messageOf } from '../core/errors.js';
import { builtSources, SourceLoop } from '../dev/source-loop.js';
import type { BuildCommandFlags } from './build-command-flags.js';
import { complain } from './complain.js';
import { interruption } from './interruption.js';
import { exitCodes } from './exit-codes.js';
import { print, printReports, showProgress } from './output.js';

/** Builds at each change until interrupted; returns the exit code. */
export async function runBuildWatch(options: BuildOptions, flags: BuildCommandFlags): Promise<number> {
  // No save mends these, and the loop would only report them.
  refusePlugNPlay();
  refuseNoProcesses();
  const progress = showProgress();
  const interrupted = interruption();
  const { signal } = interrupted;
  const sources = options.sources.map((source) => resolve(source));
  let isFirst = true;
  const loop = new SourceLoop(builtSources({ ...options, sources, onProgress: progress.show, signal }), {
    onBuilt: async ({ reports }) => {
      progress.end();
      const news = isFirst ? reports : reports.filter(({ state }) => state !== 'unchanged');
      isFirst = false;
      if (news.length > 0) await printReports(news, flags);
    },
    onError: (error) => {
      progress.end();
      if (!signal.aborted) complain(messageOf(error));
    },
  });
  try {
    await loop.open();
    // Formats other than text are read by programs, which expect nothing else on stdout.
    if (flags.format === 'text' && !signal.aborted) print(`watching ${sources.join(', ')}`);
    await interrupted.once;
    return exitCodes.ok;
  } finally {
    progress.end();
    await loop.close();
    interrupted.forget();
  }
}
