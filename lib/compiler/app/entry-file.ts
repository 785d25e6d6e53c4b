import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { LiveswapError, messageOf } from '../../core/errors.js';
import { shownPath } from '../diagnostics/shown-path.js';
import { packagedEntry } from './packaged-entry.js';

/**
 * Matches a shell script that package managers write in `node_modules/.bin` where they make no links: it names the module that it
 * starts.
 */
const SHIM = /^#!\/bin\/sh\n[^]*"\$basedir\/([^"]+)" +"\$@"/;

/**
 * Matches a script that a shell runs, unless it hands itself to Node by a line without effect in JavaScript: `':' //; exec node
 * "$0" "$@"`.
 */
const SHELL = /^#!.*\b(?:ba|da|z)?sh(?=\s)(?!.*\n+(["']):\1)/;

/** Matches the root module of a plugin, which as a server would do nothing. */
const PLUGIN = /^export default definePlugin\(/m;

/**
 * Resolves to the absolute real path of the file that starts an app: of a command in `node_modules/.bin`, the module behind it.
 *
 * @throws LiveswapError `OPTION_INVALID` when there is no such file, or it cannot be read
 */
export async function entryFile(entry: string): Promise<string> {
  const path = await realpath(resolve(entry)).catch((cause: unknown) => {
    if (isMissing(cause))
      throw refusal(`There is no ${resolve(entry)} to start; name the file that starts your server.`, cause);
    throw unreadable(resolve(entry), cause);
  });
  if (!(await stat(path)).isFile())
    throw refusal(
      `${path} is a folder; name the file in it that starts your server${await suggestion(path)}.`,
    );
  // Node takes JSON as an entry, and does nothing.
  if (path.endsWith('.json'))
    throw refusal(
      `${path} is no code; name the file that starts your server${await suggestion(dirname(path))}.`,
    );
  const text = await readFile(path, 'latin1').catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  if (PLUGIN.test(text)) throw refusal(`${path} is the root module of a plugin; name the plugin's folder.`);
  if (!text.startsWith('#!/')) return path;
  const target = SHIM.exec(text)?.[1];
  if (target !== undefined) return entryFile(resolve(dirname(path), target));
  if (!SHELL.test(text)) return path;
  throw refusal(`${path} is a shell script; name the JavaScript or TypeScript that it starts.`);
}

async function suggestion(folder: string): Promise<string> {
  const entry = await packagedEntry(folder);
  return entry === undefined ? '' : `, such as ${shownPath(entry)}`;
}

function isMissing(cause: unknown): boolean {
  const { code = '' } = cause as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

function unreadable(path: string, cause: unknown): LiveswapError {
  return refusal(`Cannot read ${path}: ${messageOf(cause)}; let this process read it.`, cause);
}

function refusal(message: string, cause?: unknown): LiveswapError {
  return new LiveswapError('OPTION_INVALID', message, { option: 'entry', cause });
}
