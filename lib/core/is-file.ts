import { statSync } from 'node:fs';
import { LiveswapError, messageOf } from './errors.js';

/**
 * Returns whether there is a file, rather than a folder or nothing, at a path that a user has named.
 *
 * @throws LiveswapError `OPTION_INVALID` when that cannot be told, as in a folder that is closed to this user
 */
export function isFile(path: string, option: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch (cause) {
    const message = `Cannot read ${path}: ${messageOf(cause)}; let this process read it, or name another.`;
    throw new LiveswapError('OPTION_INVALID', message, { option, cause });
  }
}
