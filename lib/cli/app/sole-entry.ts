import { LiveswapError } from '../../core/errors.js';

/**
 * Returns the one entry among a command's arguments.
 * @throws LiveswapError `OPTION_INVALID` when there is another number of them
 */
export function soleEntry(sources: readonly string[], usage: string): string {
  const [entry, ...others] = sources;
  if (entry !== undefined && others.length === 0) return entry;
  throw new LiveswapError('OPTION_INVALID', `An app has one entry, not ${sources.length}: ${usage}.`, {
    option: 'app',
  });
}
