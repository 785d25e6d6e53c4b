import { join } from 'node:path';
import { LiveswapError, messageOf } from '../core/errors.js';
import { isWithin, pathOfUrl } from '../core/paths.js';
import type { ListenRequest } from '../surface/listen.js';
import type { Version } from '../version/version.js';
import { describeAddress } from './address.js';
import type { WarmAppOptions } from './options.js';

/** A version that did not come up, and the absolute path of the folder of its files. */
export interface Refused {
  readonly version: Version;
  readonly root: string;
}

/**
 * Creates the error for an entry that threw, or that ended itself.
 *
 * @param place is the place in the app's own files where that happened, if the thread knows it.
 */
export function entryThrew(refused: Refused, cause: Error, place?: string): LiveswapError {
  const { version } = refused;
  const message = `The entry of ${version} threw${placeOf(cause, refused, place)}: ${cause.message}${remedyFor(cause)}`;
  return new LiveswapError('START_FAILED', message, {
    plugin: version.plugin,
    version: version.id,
    cause,
  });
}

/**
 * Creates the error for a thread that died, with `death`, before its version was up.
 *
 * @param evaluating is the file whose evaluation had begun and not ended, if it is known.
 */
export function diedAtStart(refused: Refused, death: unknown, evaluating?: string): unknown {
  const { version } = refused;
  if (!(death instanceof LiveswapError) || death.cause === undefined) return death;
  const { cause } = death;
  const message = `${version} died while it started${placeOf(cause, refused, evaluating)}: ${messageOf(cause)}${remedyFor(cause)}`;
  return new LiveswapError('THREAD_CRASHED', message, {
    plugin: version.plugin,
    version: version.id,
    ...(death.thread !== undefined && { thread: death.thread }),
    cause,
  });
}

/**
 * Creates the error for an entry whose evaluation has not ended: it may wait for ever.
 *
 * @param evaluating is the file whose evaluation has begun and not ended, if it is known.
 */
export function neverEvaluated(refused: Refused, startMs: number, evaluating?: string): LiveswapError {
  const what =
    evaluating === undefined
      ? `${entryOf(refused)} has not ended; look for what it, or a module that it imports, waits for at its top`
      : `${evaluating} has not ended; look for what it waits for at its top`;
  return tooLate(refused, `was not up within ${startMs} ms: the evaluation of ${what}, or raise startMs`, [
    'the end of its evaluation',
  ]);
}

/** Creates the error for a version that does not listen where the current one does, by these requests. */
export function missesAddresses(
  refused: Refused,
  startMs: number,
  requests: readonly ListenRequest[],
): LiveswapError {
  const said = requests.map((request) => {
    const { calledAt } = request;
    return `${describeAddress(request)}${calledAt === undefined ? '' : `, where the current version listens by ${calledAt}`}`;
  });
  return tooLate(
    refused,
    `was not up within ${startMs} ms: ${entryOf(refused)} does not listen on ${said.join(', nor on ')}; look for what its start waits for, raise startMs, or say { ready: 'evaluated' } (--ready evaluated) when it no longer listens there`,
    requests.map(describeAddress),
  );
}

/** Creates the error for a version that does not listen again where it did, by these requests, before its thread died. */
export function listensNoMore(
  refused: Refused,
  startMs: number,
  requests: readonly ListenRequest[],
): LiveswapError {
  const missing = requests.map(describeAddress);
  return tooLate(
    refused,
    `does not listen again on ${missing.join(', nor on ')}, ${startMs} ms after its thread died: connections there are refused until it does; look for what its start waits for`,
    missing,
  );
}

/** Creates the error for a version that wants another host for its port, where another process listens. */
export function cannotMove(version: Version, cause: unknown): LiveswapError {
  const message = `${version} cannot listen at another host of its port: ${messageOf(cause)}; end what listens there, and reload`;
  return new LiveswapError('START_FAILED', message, { plugin: version.plugin, version: version.id, cause });
}

/** Creates the error for a version without a port on which it could be asked whether it is warm. */
export function listensNowhere(refused: Refused, { path, port }: WarmAppOptions): LiveswapError {
  const place = port === undefined ? 'nowhere' : `not on port ${port}`;
  return tooLate(
    refused,
    `cannot be asked for ${path} (warm): ${entryOf(refused)} listens ${place}; have it listen before its evaluation ends, or take warm away`,
  );
}

function tooLate({ version }: Refused, what: string, missing?: readonly string[]): LiveswapError {
  return new LiveswapError('START_TIMEOUT', `${version} ${what}.`, {
    plugin: version.plugin,
    version: version.id,
    ...(missing && { missing }),
  });
}

/** Returns the absolute path of the entry. */
function entryOf({ version: { artifact }, root }: Refused): string {
  return join(root, artifact.manifest.app?.entry ?? '');
}

/**
 * Returns the place in the app's own files where an error came from: by its stack, else the one that is `known` otherwise, else
 * the entry. A place without a line is in brackets.
 */
function placeOf(error: unknown, refused: Refused, known?: string): string {
  const stack = error instanceof Error ? error.stack : undefined;
  const place = ownPlaceIn(stack ?? '', refused.root) ?? (hasLine(known) ? known : undefined);
  if (place === undefined) return ` (${known ?? entryOf(refused)})`;
  return messageOf(error).includes(place) ? '' : ` at ${place}`;
}

function hasLine(place = ''): boolean {
  return /:\d+$/.test(place);
}

/** Matches files of packages, liveswap among them, and files beside the running copies: the adapters of an app. */
const FOREIGN = /[\\/](?:node_modules|\.versions)[\\/]/;

/** The place of a module, `file:line`, which Node writes before the stack of an error in its syntax or imports. */
const HEADING = /^((?:file:\/\/|\/|[a-z]:\\).+?)(:\d+)\n/i;
const FRAME = /^\s+at .*?\(?((?:file:\/\/)?[^\s()]+?)(:\d+:\d+)\)?$/gm;

/** Returns the first place of a stack in the app's own files, as `file:line:column`, or `file:line`. */
function ownPlaceIn(stack: string, root: string): string | undefined {
  const heading = HEADING.exec(stack);
  for (const [, path = '', at = ''] of [...(heading ? [heading] : []), ...stack.matchAll(FRAME)]) {
    const file = pathOfUrl(path) ?? path;
    if (isWithin(file, root) && !FOREIGN.test(file)) return file + at;
  }
  return undefined;
}

/** Returns the remedy for a failed start. An error that refuses something by name contains its own. */
function remedyFor(error: unknown): string {
  const message = messageOf(error);
  if (/^(?:liveswap does not|Cannot keep) /.test(message)) return '';
  // The address may be taken by another process, or by an earlier server of the app itself.
  return /\bEADDRINUSE\b/.test(message)
    ? '; end what else listens there, or have this listen on another address, and reload'
    : '; correct it there, and reload';
}
