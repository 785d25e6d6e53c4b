import { createContext, Script } from 'node:vm';
import { LiveswapError } from '../core/errors.js';

/** Milliseconds that a match may take: an expression with nested repetitions can take years for one path. */
const MOST_MS = 1_000;

const search = new Script('text.search(expression)');
const context = createContext({ text: '', expression: / / });

/**
 * Returns true when `expression` matches somewhere in `path`, regardless of `lastIndex`.
 * @throws LiveswapError `OPTION_INVALID` when that takes too long
 */
export function matchesInTime(option: string, expression: RegExp, path: string): boolean {
  Object.assign(context, { text: path, expression });
  try {
    return (search.runInContext(context, { timeout: MOST_MS }) as number) >= 0;
  } catch (cause) {
    const message = `The option ${option} takes too long: ${expression} has not matched ${path} after ${MOST_MS} ms; avoid nested repetition.`;
    throw new LiveswapError('OPTION_INVALID', message, { option, cause });
  }
}
