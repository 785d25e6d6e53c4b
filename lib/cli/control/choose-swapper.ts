import { realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { artifactFolder } from '../../app/artifact-folder.js';
import { LiveswapError } from '../../core/errors.js';
import { isWithin } from '../../core/paths.js';
import { ControlClient } from '../../control/control-client.js';
import { listSwappers, type ListedSwapper } from '../../control/socket-folder.js';

/** Flags that select a swapper, as parsed by commander. */
export interface TargetFlags {
  readonly dir?: string;
  readonly socket?: string;
}

/**
 * Connects to the swapper that a command targets: the one at `--socket`, the one of `--dir`, or the only one that runs.
 *
 * @param onElsewhere receives one that no flag has named, and whose folder is not in the working folder.
 * @throws LiveswapError `OPTION_INVALID` when no swapper matches, or several do; `CONTROL_FAILED` when it does not answer
 */
export async function connectToSwapper(
  target: TargetFlags,
  onElsewhere?: (swapper: ListedSwapper) => void,
): Promise<ControlClient> {
  const { dir, socket } = target;
  if (socket !== undefined) return ControlClient.open(socket);
  const running = await listSwappers();
  const meant = await amongThem(running, target);
  const [only, ...more] = meant;
  if (!only) throw notFound(running, dir);
  if (more.length > 0) throw severalFound(meant);
  if (onElsewhere && dir === undefined && !(await isHere(only))) onElsewhere(only);
  return ControlClient.open(only.socket);
}

/** Resolves to those of the running swappers that flags select: of a folder or those below it, of an entry, at a socket, or all. */
export async function amongThem(
  running: readonly ListedSwapper[],
  { dir, socket }: TargetFlags,
): Promise<readonly ListedSwapper[]> {
  if (socket !== undefined) return running.filter((one) => resolve(one.socket) === resolve(socket));
  if (dir === undefined) return running;
  const isEntry = await stat(dir).then(
    (stats) => stats.isFile(),
    () => false,
  );
  const wanted = await realFolder(isEntry ? await artifactFolder(dir) : dir);
  const folders = await Promise.all(running.map((one) => realFolder(one.folder)));
  const below = running.filter((_, index) => isWithin(folders[index] as string, wanted));
  // With plugins beside it, an app has a folder further below.
  if (isEntry) return below;
  const exact = running.filter((_, index) => folders[index] === wanted);
  // People know the folder of their project, not the one in it where the artifact of its app is kept.
  return exact.length > 0 ? exact : below;
}

async function isHere({ folder }: ListedSwapper): Promise<boolean> {
  return isWithin(await realFolder(folder), await realFolder('.'));
}

function realFolder(path: string): Promise<string> {
  return realpath(path).catch(() => resolve(path));
}

function notFound(running: readonly ListedSwapper[], dir: string | undefined): LiveswapError {
  const found =
    running.length === 0 ? 'no swapper of this user runs' : `there are those of ${folders(running)}`;
  const wanted = dir === undefined ? 'Cannot find a swapper' : `Cannot find a swapper of ${resolve(dir)}`;
  return new LiveswapError(
    'OPTION_INVALID',
    `${wanted}: ${found}; start one with \`liveswap start\`, or give a Swapper the option { control: true }.`,
    { option: dir === undefined ? '--dir' : dir },
  );
}

function severalFound(meant: readonly ListedSwapper[]): LiveswapError {
  const sockets = meant.map(({ folder, pid, socket }) => `${folder} (pid ${pid}): --socket ${socket}`);
  const areInOneFolder = new Set(meant.map(({ folder }) => folder)).size === 1;
  const flags = areInOneFolder ? '--socket <path>' : '--dir <folder> or --socket <path>';
  return new LiveswapError(
    'OPTION_INVALID',
    `Cannot tell which of ${meant.length} swappers is meant; say ${flags}:\n  ${sockets.join('\n  ')}`,
    { option: areInOneFolder ? '--socket' : '--dir' },
  );
}

function folders(running: readonly ListedSwapper[]): string {
  // Most folders of artifacts have one name, as in dist/plugins.
  return running.map(({ folder }) => folder).join(', ');
}
