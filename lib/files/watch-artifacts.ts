import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { despiteConflicts } from '../core/despite-conflicts.js';
import { isLiveswapError, LiveswapError, messageOf } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import { isArtifactName, readArtifact } from '../manifest/artifact.js';
import type { ArtifactWatcher } from './artifact-watcher.js';
import { watchFiles, type FileWatch, type Patience } from './watch-files.js';

/** What artifacts are watched with, and what is done when they change. */
export interface ArtifactWatchDeps {
  /** Milliseconds without another sign after which everything that was written is one release. */
  readonly settleMs: number;
  /** Milliseconds that an artifact may take to be written to its end before a warning is logged. */
  readonly wholeMs: number;
  readonly logger: Logger;
  /** Makes the artifacts current. Watching ends when it rejects `CLOSED`. */
  readonly reload: () => Promise<unknown>;
  /** Calls `listener` when nothing can be reloaded any more; returns what stops that. */
  readonly onClosed: (listener: () => void) => () => void;
  /** Calls `listener` when the artifacts are in another folder from now on; returns what stops that. */
  readonly onMoved: (listener: (folder: string) => void) => () => void;
}

/** Signs that never end are not waited for longer than so many times `settleMs`. */
const LONGEST = 20;

/**
 * Calls `reload` when artifacts in `folder` were written, replaced, added or removed, and all of them are whole: once for all
 * that a deploy writes.
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
  /** The folders before this one, each until it is watched no more. */
  #left: Promise<unknown> = Promise.resolve();
  #warning: NodeJS.Timeout | undefined;
  #closed: Promise<void> | undefined;

  constructor(deps: ArtifactWatchDeps) {
    this.#deps = deps;
    // Also while it begins to watch.
    this.#stops = [
      deps.onClosed(() => void this.close()),
      deps.onMoved((folder) => {
        this.#watch(folder).catch((error: unknown) => this.#warn(folder, error));
      }),
    ];
  }

  /** Resolves when it watches; when that fails, nothing is left of it. */
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

  /** Watches `folder`, and that alone: whatever is changed there after the call is noticed. */
  async #watch(folder: string): Promise<void> {
    this.#leave();
    this.#opening = watchFiles(
      [folder],
      (changed) => this.#onChange(folder, changed),
      (error) => this.#warn(folder, error),
      { patience: patienceFor(this.#deps.settleMs) },
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
      // What is still being written gives another sign when it is whole.
      this.#warning = setTimeout(() => this.#warn(folder, fault), this.#deps.wholeMs).unref();
      return;
    }
    await despiteConflicts(this.#deps.reload).catch((error: unknown) => {
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

/** Why the artifacts of a folder cannot be loaded just now, if so. */
async function findFault(folder: string): Promise<LiveswapError | undefined> {
  const artifacts = (await readdir(folder).catch(() => [])).filter(isArtifactName);
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
