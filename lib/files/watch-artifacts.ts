import { basename, join } from 'node:path';
import { isTimeable } from '../core/deadline.js';
import { despitePassingCauses } from '../core/despite-passing-causes.js';
import { isLiveswapError, LiveswapError, messageOf } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import { clearTimeout, setTimeout } from '../core/timers.js';
import { artifactNamesIn, isArtifactName, readArtifact } from '../manifest/artifact.js';
import type { ArtifactWatcher } from './artifact-watcher.js';
import type { Patience } from './patience.js';
import { watchFiles, type FileWatch, type FileWatchOptions } from './watch-files.js';

/** Settings and callbacks of a watch on artifacts. */
export interface ArtifactWatchDeps {
  /** Milliseconds without further signs after which everything that was written counts as one release. */
  readonly settleMs: number;
  /** Milliseconds that an artifact may take to be completely written before a warning is logged. */
  readonly wholeMs: number;
  readonly logger: Logger;
  /** Makes the artifacts current. Watching ends when it rejects with `CLOSED`. */
  readonly reload: () => Promise<unknown>;
  /** Calls `listener` when nothing can be reloaded any more; returns a function that unsubscribes. */
  readonly onClosed: (listener: () => void) => () => void;
  /** Calls `listener` when the artifacts move to another folder; returns a function that unsubscribes. */
  readonly onMoved: (listener: (folder: string) => void) => () => void;
}

/** Longest wait for signs to cease, as a multiple of `settleMs`. */
const LONGEST = 20;

/**
 * Calls `reload` when artifacts in `folder` were written, replaced, added or removed and all of them are whole: once for
 * everything that a deploy writes.
 */
export async function watchArtifacts(folder: string, deps: ArtifactWatchDeps): Promise<ArtifactWatcher> {
  const watching = new WatchedArtifacts(deps);
  await watching.open(folder);
  return watching;
}

class WatchedArtifacts implements ArtifactWatcher {
  readonly #deps: ArtifactWatchDeps;
  readonly #stops: readonly (() => void)[];
  #opening: Promise<FileWatch> | undefined;
  /** Settles when all earlier folders are no longer watched. */
  #left: Promise<unknown> = Promise.resolve();
  #warning: NodeJS.Timeout | undefined;
  #closed: Promise<void> | undefined;

  constructor(deps: ArtifactWatchDeps) {
    this.#deps = deps;
    // Subscribe now, so that events are also handled while the watch begins.
    this.#stops = [
      deps.onClosed(() => void this.close()),
      deps.onMoved((folder) => {
        // The new folder is likely to be filled at this very moment.
        this.#watch(folder, { inDoubtReport: true }).catch((error: unknown) => this.#warn(folder, error));
      }),
    ];
  }

  /** Resolves when the watch has begun; when that fails, everything is cleaned up. */
  async open(folder: string): Promise<void> {
    try {
      await this.#watch(folder);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    for (const stop of this.#stops) stop();
    this.#leave();
    await this.#left;
  }

  /** Watches only `folder` from now on. */
  async #watch(folder: string, options: FileWatchOptions = {}): Promise<void> {
    this.#leave();
    this.#opening = watchFiles(
      [folder],
      (changed) => this.#onChange(folder, changed),
      (error) => this.#warn(folder, error),
      { ...options, patience: patienceFor(this.#deps.settleMs) },
    );
    await this.#opening;
  }

  #leave(): void {
    clearTimeout(this.#warning);
    const left = this.#opening?.then((files) => files.close()).catch(() => {});
    this.#left = Promise.all([this.#left, left]);
    this.#opening = undefined;
  }

  async #onChange(folder: string, changed: ReadonlySet<string>): Promise<void> {
    if (![...changed].some((path) => isArtifactName(basename(path)))) return;
    clearTimeout(this.#warning);
    const fault = await findFault(folder);
    if (fault) {
      // A file that is still being written gives another sign when it is whole.
      const { wholeMs } = this.#deps;
      if (isTimeable(wholeMs)) this.#warning = setTimeout(() => this.#warn(folder, fault), wholeMs).unref();
      return;
    }
    await despitePassingCauses(this.#deps.reload).catch((error: unknown) => {
      if (isLiveswapError(error, 'CLOSED')) void this.close();
    });
  }

  #warn(folder: string, cause: unknown): void {
    const err =
      cause instanceof LiveswapError
        ? cause
        : new LiveswapError('WATCH_FAILED', `Watching ${folder} failed: ${messageOf(cause)}`, { cause });
    this.#deps.logger.warn({ err }, err.message);
  }
}

function patienceFor(settleMs: number): Patience {
  return { quietMs: settleMs, manyMs: settleMs, halfMs: settleMs, longestMs: LONGEST * settleMs };
}

/** Resolves to the reason why the artifacts of a folder cannot be loaded now, if there is one. */
async function findFault(folder: string): Promise<LiveswapError | undefined> {
  const artifacts = await artifactNamesIn(folder).catch(() => []);
  if (artifacts.length === 0) {
    const message = `The last artifact has left ${folder}; what is loaded serves on.`;
    return new LiveswapError('NO_PLUGINS', message, { folder });
  }
  for (const name of artifacts) {
    try {
      await readArtifact(join(folder, name));
    } catch (fault) {
      return fault as LiveswapError;
    }
  }
  return undefined;
}
