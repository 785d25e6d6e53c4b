import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isLiveswapError, LiveswapError, messageOf } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import { ARTIFACT_SUFFIX, readArtifact } from '../manifest/artifact.js';
import type { ArtifactWatcher, ArtifactWatchOptions } from '../swap/artifact-watcher.js';
import type { Swapper } from '../swap/swapper.js';
import { goLive } from './go-live.js';
import { watchFiles } from './watch-files.js';

/** Reloads `swapper` when an artifact in its folder was written, replaced, added or removed, and all of them are whole. */
export async function watchArtifacts(
  swapper: Swapper,
  logger: Logger,
  { data, wholeMs = 5000 }: ArtifactWatchOptions,
): Promise<ArtifactWatcher> {
  const folder = resolve(swapper.pluginDir);
  let warning: NodeJS.Timeout | undefined;
  const warn = (error: unknown): void => {
    const err =
      error instanceof LiveswapError
        ? error
        : new LiveswapError('WATCH_FAILED', `Watching ${folder} failed: ${messageOf(error)}`, {
            cause: error,
          });
    logger.warn({ err }, err.message);
  };
  const reload = async (changed: ReadonlySet<string>): Promise<void> => {
    if (![...changed].some((path) => path.endsWith(ARTIFACT_SUFFIX))) return;
    clearTimeout(warning);
    const fault = await findFault(folder);
    if (fault) {
      // What is still being written gives another sign when it is whole.
      warning = setTimeout(() => warn(fault), wholeMs).unref();
      return;
    }
    await goLive(swapper, data).catch((error: unknown) => {
      if (isLiveswapError(error, 'CLOSED')) void watcher.close();
    });
  };
  const opening = watchFiles([folder], reload, warn);
  let closed: Promise<void> | undefined;
  const watcher: ArtifactWatcher = {
    close() {
      stopListening();
      clearTimeout(warning);
      closed ??= opening.then((files) => files.close());
      return closed;
    },
    [Symbol.asyncDispose]: () => watcher.close(),
  };
  // Also while it begins to watch.
  const stopListening = swapper.on('closed', () => void watcher.close());
  try {
    await opening;
  } catch (error) {
    stopListening();
    throw error;
  }
  return watcher;
}

/** Why the artifacts of a folder cannot be loaded just now, if so. */
async function findFault(folder: string): Promise<LiveswapError | undefined> {
  const names = await readdir(folder).catch(() => []);
  const artifacts = names.filter((name) => name.endsWith(ARTIFACT_SUFFIX) && !name.startsWith('.'));
  if (artifacts.length === 0) {
    return new LiveswapError(
      'NO_PLUGINS',
      `The last artifact has left ${folder}; what is loaded serves on.`,
      {
        folder,
      },
    );
  }
  const read = await Promise.allSettled(artifacts.map((name) => readArtifact(join(folder, name))));
  const failed = read.find((one) => one.status === 'rejected');
  return failed?.reason as LiveswapError | undefined;
}
