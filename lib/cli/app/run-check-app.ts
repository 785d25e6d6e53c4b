import { styleText } from 'node:util';
import { checkApp, type AppCheck } from '../../compiler/app/check/check-app.js';
import type { Fate, SwapFact } from '../../compiler/app/check/swap-fact.js';
import { shownPath } from '../../compiler/diagnostics/shown-path.js';
import { LiveswapError } from '../../core/errors.js';
import { exitCodes } from '../exit-codes.js';
import type { Format } from '../flags.js';
import { print } from '../output.js';
import { appOptions, type AppFlags } from './flags.js';

/** Prints what becomes of an app's state, timers and consumers at a swap. It is advice: the exit code is 0. */
export async function runCheckApp(
  sources: readonly string[],
  flags: AppFlags & { readonly format: Format },
): Promise<number> {
  const [entry, ...others] = sources;
  if (entry === undefined || others.length > 0)
    throw new LiveswapError(
      'OPTION_INVALID',
      `An app has one entry, not ${sources.length}: liveswap check --app <entry>.`,
      { option: 'app' },
    );
  if (flags.format === 'sarif')
    throw new LiveswapError(
      'OPTION_INVALID',
      'What is said of an app is advice, and no finding for SARIF: use --format text or json.',
      { option: 'format' },
    );
  const { files, adapters, noAdapters, stores } = appOptions(flags);
  const checked = await checkApp({
    entry,
    ...(files && { files }),
    ...(adapters && { adapters }),
    ...(noAdapters && { noAdapters }),
    ...(stores && { stores }),
  });
  print(...(flags.format === 'json' ? [JSON.stringify(checked, undefined, 2)] : linesOf(checked)));
  return exitCodes.ok;
}

/** Words for the fates, and whether a person should look at them. */
const words: Readonly<Record<Fate, { readonly word: string; readonly isBad: boolean }>> = {
  lost: { word: 'is lost', isBad: true },
  overlaps: { word: 'overlaps', isBad: true },
  refused: { word: 'is refused', isBad: true },
  disk: { word: 'is not frozen', isBad: true },
  deaf: { word: 'is not called', isBad: true },
  stays: { word: 'stays', isBad: false },
  held: { word: 'one at a time', isBad: false },
  adapted: { word: 'is adapted', isBad: false },
  kept: { word: 'is kept', isBad: false },
};

function linesOf({ facts, files, remarks }: AppCheck): string[] {
  const bad = facts.filter(({ fate }) => words[fate].isBad).length;
  const said =
    facts.length === 0 ? 'nothing in them changes at a swap' : `${bad} of ${facts.length} to look at`;
  return [...facts.flatMap(factLines), ...remarks, `${files} files, ${said}.`];
}

function factLines({ fate, file, line, column, what, remedy }: SwapFact): string[] {
  const { word, isBad } = words[fate];
  const mark = styleText(isBad ? 'yellow' : 'green', word.padEnd(13), { stream: process.stdout });
  return [`${mark} ${shownPath(file)}:${line}:${column}`, `    ${remedy ? `${what} ${remedy}` : what}`];
}
