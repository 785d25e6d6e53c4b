import { lstat, readdir, readFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { removeDespiteReaders } from '../core/despite-readers.js';
import { LiveswapError, messageOf } from '../core/errors.js';
import { makeOwnFolder, refuseOthers } from '../core/own-folder.js';
import { removeStale } from './remove-stale.js';

/** Facts about the swapper that owns a socket, in a file beside it. */
export interface SwapperFacts {
  readonly pid: number;
  /** Absolute path of the plugin folder. */
  readonly folder: string;
  /** Version of liveswap that runs it. */
  readonly version: string;
  /** Start time, ISO 8601. */
  readonly startedAt: string;
}

/** A swapper that has a socket in the folder. */
export interface ListedSwapper extends SwapperFacts {
  /** Path of the socket; on Windows, of the named pipe. */
  readonly socket: string;
}

/**
 * Returns the folder for the sockets of this user's swappers. Access is limited to this user, because anyone who can open a
 * socket can reload. `LIVESWAP_SOCKETS` sets another folder, for example in tests.
 */
function socketFolder(): string {
  const { LIVESWAP_SOCKETS: own, XDG_RUNTIME_DIR: runtime } = process.env;
  if (own) return own;
  if (runtime) return join(runtime, 'liveswap');
  const user = process.getuid?.() ?? userInfo().username;
  return join(tmpdir(), `liveswap-${user}`);
}

/**
 * Creates the folder, or checks that only this user has access.
 * @throws LiveswapError `CONTROL_FAILED` when it belongs to another user, or others may write to it
 */
export async function openSocketFolder(): Promise<string> {
  const folder = socketFolder();
  try {
    await makeOwnFolder(folder, 'use');
    return folder;
  } catch (cause) {
    throw new LiveswapError(
      'CONTROL_FAILED',
      `Cannot keep a control socket in ${folder}: ${messageOf(cause)}; remove it, or name a path of your own in the option control.`,
      { folder, cause },
    );
  }
}

/** Returns the path of the socket for a file of facts. */
export function socketOf(factsFile: string): string {
  const socket = factsFile.replace(/\.json$/, '.sock');
  return process.platform === 'win32' ? pipeOf(socket) : socket;
}

/**
 * Resolves to the running swappers, latest first. Removes the files of swappers on whose socket nobody listens.
 *
 * @throws LiveswapError `CONTROL_FAILED` when others have access to the folder: a swapper of theirs could answer a deploy
 */
export async function listSwappers(): Promise<ListedSwapper[]> {
  const folder = socketFolder();
  const stats = await lstat(folder).catch(() => undefined);
  if (!stats) return [];
  try {
    refuseOthers(stats, 'use');
  } catch (cause) {
    throw new LiveswapError(
      'CONTROL_FAILED',
      `Cannot trust the control sockets in ${folder}: ${messageOf(cause)}; remove it, or name the socket with --socket.`,
      { folder, cause },
    );
  }
  const names = await readdir(folder).catch(() => []);
  const listed = await Promise.all(
    names.filter((name) => /^\d+-\d+\.json$/.test(name)).map((name) => readFacts(join(folder, name))),
  );
  return listed
    .filter((one) => one !== undefined)
    .sort((one, other) => other.startedAt.localeCompare(one.startedAt));
}

async function readFacts(file: string): Promise<ListedSwapper | undefined> {
  const socket = socketOf(file);
  // A process id tells less: another process may have it by now, or it may belong to another container.
  if (await removeStale(socket)) {
    await removeDespiteReaders(file);
    return undefined;
  }
  try {
    return { ...(JSON.parse(await readFile(file, 'utf8')) as SwapperFacts), socket };
  } catch {
    // The file is incomplete, or was removed in the meantime.
    return undefined;
  }
}

/** Returns the name of a pipe. Named pipes have no folders, so the name includes the folder. */
function pipeOf(path: string): string {
  return `\\\\.\\pipe\\${path.replaceAll(/[\\/:]+/g, '-')}`;
}
