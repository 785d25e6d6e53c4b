import { join } from 'node:path';
import { LiveswapError, messageOf } from '../core/errors.js';
import { isWithin, pathOfUrl } from '../core/paths.js';
import type { Version } from '../version/version.js';

/** A version that did not come up, and the absolute path of the folder that its files are in. */
export interface Refused {
  readonly version: Version;
  readonly root: string;
}

/** The entry has thrown, or has ended itself. */
export function entryThrew({ version, root }: Refused, cause: Error): LiveswapError {
  const message = `The entry of ${version} threw${placeOf(cause, version, root)}: ${cause.message}${remedyFor(cause)}`;
  return new LiveswapError('START_FAILED', message, {
    plugin: version.plugin,
    version: version.id,
    cause,
  });
}

/** A thread has died before its version was up: `death` is how. */
export function diedAtStart({ version, root }: Refused, death: unknown): unknown {
  if (!(death instanceof LiveswapError) || !(death.cause instanceof Error)) return death;
  const { cause } = death;
  const message = `${version} died while it started${placeOf(cause, version, root)}: ${messageOf(cause)}${remedyFor(cause)}`;
  return new LiveswapError('THREAD_CRASHED', message, {
    plugin: version.plugin,
    version: version.id,
    ...(death.thread !== undefined && { thread: death.thread }),
    cause,
  });
}

/** The place in the app's own files that an error came from; of one that names none, the entry. */
function placeOf(error: Error, { artifact }: Version, root: string): string {
  const place = ownPlaceIn(error.stack ?? '', root);
  if (place !== undefined) return error.message.includes(place) ? '' : ` at ${place}`;
  const { entry = '' } = artifact.manifest.app ?? {};
  return ` (${join(root, entry)})`;
}

/** Packages, and what runs the app: it lies beside the running copies. */
const FOREIGN = /[\\/](?:node_modules|\.versions)[\\/]/;

/** The first place of a stack that is in the app's own files, as `file:line:column`. */
function ownPlaceIn(stack: string, root: string): string | undefined {
  for (const [, path = '', at = ''] of stack.matchAll(
    /^\s+at .*?\(?((?:file:\/\/)?[^\s()]+?)(:\d+:\d+)\)?$/gm,
  )) {
    const file = pathOfUrl(path) ?? path;
    if (isWithin(file, root) && !FOREIGN.test(file)) return file + at;
  }
  return undefined;
}

/** An error that refuses something by name has its own remedy. */
function remedyFor({ message }: Error): string {
  return /^(?:liveswap does not|Cannot keep) /.test(message) ? '' : '; correct it there, and reload';
}
