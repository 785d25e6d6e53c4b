import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isLiveswapError, LiveswapError, messageOf } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import { ARTIFACT_SUFFIX, readArtifact } from '../manifest/artifact.js';
import type { ArtifactWatcher } from './artifact-watcher.js';
import { watchFiles } from './watch-files.js';

/** The artifacts of a folder, and what is done when they change. */
export interface ArtifactWatch {
  readonly folder: string;
  /** Milliseconds that an artifact may take to be written to its end before a warning is logged. */
  readonly wholeMs: number;
  readonly logger: Logger;
  /** Makes the artifacts current. Watching ends when it rejects `CLOSED`. */
  readonly reload: () => Promise<unknown>;
  /** Calls `listener` when nothing can be reloaded any more; returns what stops that. */
  readonly onClosed: (listener: () => void) => () => void;
}

/** Calls `reload` when an artifact was written, replaced, added or removed, and all of them are whole. */
export async function watchArtifacts(watched: ArtifactWatch): Promise<ArtifactWatcher> {
  const { folder, wholeMs, logger } = watched;
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
    await watched.reload().catch((error: unknown) => {
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
  const stopListening = watched.onClosed(() => void watcher.close());
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
