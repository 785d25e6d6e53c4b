import { checkApp, type AppCheck } from '../../compiler/app/check/check-app.js';
import { counted } from '../../core/counted.js';
import { LiveswapError } from '../../core/errors.js';
import { exitCodes } from '../exit-codes.js';
import type { Format } from '../flags.js';
import { print } from '../output.js';
import { factLines, isToLookAt } from './fact-lines.js';
import { appOptions, type AppFlags } from './flags.js';
import { soleEntry } from './sole-entry.js';

/**
 * Prints what becomes of an app's state, timers and consumers at a swap. It is advice: the exit code is 0.
 *
 * @param args arguments after `--`.
 */
export async function runCheckApp(
  sources: readonly string[],
  args: readonly string[],
  flags: AppFlags & { readonly format: Format },
): Promise<number> {
  const entry = soleEntry(sources, 'liveswap check --app <entry>');
  if (flags.format === 'sarif')
    throw new LiveswapError(
      'OPTION_INVALID',
      'The remarks about an app are advice, not findings for SARIF: use --format text or json.',
      { option: 'format' },
    );
  const { files, adapters, noAdapters, stores } = appOptions(flags);
  const checked = await checkApp({
    entry,
    args,
    ...(files && { files }),
    ...(adapters && { adapters }),
    ...(noAdapters && { noAdapters }),
    ...(stores && { stores }),
  });
  print(...(flags.format === 'json' ? [JSON.stringify(checked, undefined, 2)] : linesOf(checked)));
  return exitCodes.ok;
}

function linesOf({ facts, files, remarks }: AppCheck): string[] {
  const bad = facts.filter(isToLookAt).length;
  const them = files === 1 ? 'it' : 'them';
  const said =
    facts.length === 0 ? `nothing in ${them} changes at a swap` : `${bad} of ${facts.length} to look at`;
  return [...facts.flatMap(factLines), ...remarks, `${counted(files, 'file')}, ${said}.`];
}
