import { LiveswapError } from './errors.js';
import { shownValue } from './shown-value.js';

/**
 * Refuses what is no path, and an empty one, which would mean the working folder: most often, a variable is not set.
 *
 * @param what names what is there, for the message: `the folder of the artifacts`.
 * @throws LiveswapError `OPTION_INVALID`
 */
export function checkPath(path: unknown, option: string, what: string): void {
  if (typeof path === 'string' && path !== '') return;
  const found = path === '' ? 'is empty' : `must be a string; it is ${shownValue(path)}`;
  const message = `The path of ${what} ${found}; name it, or . for the working folder.`;
  throw new LiveswapError('OPTION_INVALID', message, { option });
}
