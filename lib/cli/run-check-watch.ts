import type { CheckOptions } from '../compiler/options.js';
import { messageOf } from '../core/errors.js';
import { checkedSources, SourceLoop } from '../dev/source-loop.js';
import { complain } from './complain.js';
import { interruption } from './interruption.js';
import { exitCodes } from './exit-codes.js';
import type { CheckCommandFlags } from './flags.js';
import { print, printReports } from './output.js';

/**
 * Checks at each change until interrupted; returns the exit code. As text, each round prints all findings there are, between two
 * lines by which an editor knows where they begin and end.
 */
export async function runCheckWatch(options: CheckOptions, flags: CheckCommandFlags): Promise<number> {
  const folders = options.sources.join(', ');
  const isText = flags.format === 'text';
  // Formats other than text are read by programs, which expect nothing else on stdout.
  const begin = (): void => {
    if (isText) print(`checking ${folders}`);
  };
  const end = (): void => {
    if (isText) print(`watching ${folders}`);
  };
  const interrupted = interruption();
  const { signal } = interrupted;
  const loop = new SourceLoop(checkedSources({ ...options, signal }), {
    onChange: begin,
    onBuilt: async ({ reports }) => {
      await printReports(reports, flags);
      end();
    },
    onError: (error) => {
      if (signal.aborted) return;
      complain(messageOf(error));
      end();
    },
  });
  begin();
  try {
    await loop.open();
    await interrupted.once;
    return exitCodes.ok;
  } finally {
    await loop.close();
    interrupted.forget();
  }
}
