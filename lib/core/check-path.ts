import { LiveswapError } from './errors.js';

/**
 * Refuses an empty path, which would mean the working folder: most often, a variable is not set.
 *
 * @param what names what is there, for the message: `the folder of the artifacts`.
 * @throws LiveswapError `OPTION_INVALID`
 */
export function checkPath(path: string, option: string, what: string): void {
  if (path !== '') return;
  const message = `The path of ${what} is empty; name it, or . for the working folder.`;
  throw new LiveswapError('OPTION_INVALID', message, { option });
}
