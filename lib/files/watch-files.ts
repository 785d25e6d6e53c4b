import { setTimeout as delay } from 'node:timers/promises';
import { watch } from 'chokidar';
import { CLOCK_STEP_MS } from '../core/file-mark.js';
import { clearInterval, clearTimeout, performance, setInterval, setTimeout } from '../core/timers.js';
import {
  compareSnapshots,
  extendSnapshot,
  snapshotBefore,
  takeSnapshot,
  type Difference,
  type Snapshot,
} from './snapshot.js';
import { patienceWithEditors, quietMsFor, type Patience } from './patience.js';
import { Signs } from './signs.js';
import { WatchScope } from './watch-scope.js';
import { Watchers } from './watchers.js';

/** Receives the paths that were changed, added or deleted, and the time (`performance.now()`) of the first sign. */
export type OnChange = (changed: ReadonlySet<string>, noticedAt: number) => Promise<void>;

/** Options of {@link watchFiles}. */
export interface FileWatchOptions {
  /** A folder to ignore: the output folder of the build. */
  readonly except?: string | undefined;
  readonly patience?: Patience;
  /**
   * True to report files as well that were written up to {@link CLOCK_STEP_MS} before the call: by their times, they cannot be
   * told from files written just after it.
   */
  readonly inDoubtReport?: boolean;
  /** Starts the watcher that gives the signs of changes. Default: that of chokidar. */
  readonly begin?: typeof watch;
}

/** Milliseconds after a folder was made during which files may have been added before it was watched. */
const FOLDER_MS = 100;

/** Interval of looks while a symbolic link leads nowhere, in milliseconds: the place where it leads is not watched. */
const DEAD_LINK_MS = 1_000;

const inPackage = /[\\/]node_modules[\\/](?!\.[^\\/]+$)/;

/**
 * Files and folders being watched. Chokidar only signals that something happened: it reports two changes of a file within
 * 50 ms as one, and can lose a folder that is deleted and made again. Comparing snapshots shows what has changed.
 */
export class FileWatch {
  readonly #scope: WatchScope;
  readonly #patience: Patience;
  readonly #onChange: OnChange;
  readonly #onError: (error: unknown) => void;
  readonly #closing = new AbortController();
  readonly #watchers: Watchers;
  /** Timer that keeps the process alive while the watch is open. */
  readonly #alive = setInterval(() => {}, 2 ** 30);
  readonly #signs: Signs;
  #snapshot: Snapshot;
  /** Settles when nobody replaces the snapshot any more. */
  #turn: Promise<unknown> = Promise.resolve();
  #running: Promise<void> | undefined;
  /** Timer of the next look at a link that leads nowhere. */
  #revisit: NodeJS.Timeout | undefined;

  private constructor(
    scope: WatchScope,
    snapshot: Snapshot,
    { patience = patienceWithEditors, begin = watch }: FileWatchOptions,
    onChange: OnChange,
    onError: (error: unknown) => void,
  ) {
    this.#scope = scope;
    this.#patience = patience;
    this.#signs = new Signs(patience);
    this.#snapshot = snapshot;
    this.#onChange = onChange;
    this.#onError = onError;
    this.#watchers = new Watchers(begin, {
      scope,
      signal: this.#closing.signal,
      onSign: (path) => this.#stir(path),
      onError,
    });
  }

  /** Resolves when the watch has begun. */
  static async open(
    scope: WatchScope,
    options: FileWatchOptions,
    onChange: OnChange,
    onError: (error: unknown) => void,
  ): Promise<FileWatch> {
    const calledAt = Date.now() - (options.inDoubtReport ? CLOCK_STEP_MS : 0);
    // Otherwise files written just before the call could have the same time as files written just after it. A timer may end a
    // millisecond early.
    await delay(CLOCK_STEP_MS + 2);
    const snapshot = snapshotBefore(calledAt, await takeSnapshot(scope));
    const watch = new FileWatch(scope, snapshot, options, onChange, onError);
    await watch.#watchers.add(scope);
    return watch;
  }

  /**
   * Watches more files and folders, from their current state. Ignores packages in a `node_modules`, but not the notes that a
   * package manager keeps there.
   */
  async add(paths: Iterable<string>): Promise<void> {
    const wanted = [...paths].filter((path) => !inPackage.test(path));
    await this.#inTurn(async () => {
      const fresh = wanted.filter((path) => this.#scope.add(path));
      if (fresh.length === 0) return;
      const more = new WatchScope(fresh);
      this.#snapshot = await extendSnapshot(this.#snapshot, more);
      void this.#watchers.add(more);
    });
  }

  /** Resolves when nothing is watched any more and `onChange` has settled. */
  async close(): Promise<void> {
    this.#closing.abort();
    clearInterval(this.#alive);
    clearTimeout(this.#revisit);
    await this.#watchers.close();
    await this.#running;
  }

  #stir(path?: string): void {
    this.#signs.add(path);
    this.#running ??= this.#work().finally(() => {
      this.#running = undefined;
    });
  }

  /** Handles changes one after the other, until there is no sign newer than the last look. */
  async #work(): Promise<void> {
    let lookedAt = -Infinity;
    while (this.#signs.lastAt > lookedAt && !this.#closing.signal.aborted) {
      const noticedAt = this.#signs.lastAt;
      try {
        const found = await this.#gather(noticedAt);
        ({ lookedAt } = found);
        this.#watchAnew(found.folders);
        if (found.files.size === 0) continue;
        // The handler may see a file that is gone at the next look.
        this.#signs.startNaming();
        await this.#onChange(found.files, noticedAt);
      } catch (error) {
        if (this.#closing.signal.aborted) return;
        lookedAt = performance.now();
        this.#onError(error);
      }
    }
  }

  async #gather(noticedAt: number): Promise<Difference & { readonly lookedAt: number }> {
    let { quietMs } = this.#patience;
    for (;;) {
      await this.#signs.quiet(noticedAt, quietMs, this.#closing.signal);
      const lookedAt = performance.now();
      const found = await this.#inTurn(() => this.#look(quietMs));
      if (typeof found !== 'number') return { ...found, lookedAt };
      quietMs = found;
    }
  }

  /**
   * Resolves to the changes since the last look, or, if there was not enough quiet for them, to the milliseconds of quiet that
   * are needed.
   */
  async #look(quietMs: number): Promise<Difference | number> {
    const snapshot = await takeSnapshot(this.#scope);
    const difference = compareSnapshots(this.#snapshot, snapshot);
    const wantedMs = quietMsFor(difference, this.#patience);
    if (quietMs < wantedMs) return wantedMs;
    const files = new Set([...difference.files, ...this.#passing(snapshot)]);
    this.#snapshot = snapshot;
    if (snapshot.hasDeadLink) this.#revisit ??= setTimeout(() => this.#lookAgain(), DEAD_LINK_MS).unref();
    return { ...difference, files };
  }

  /**
   * Replaces the snapshot when nobody else does: otherwise, files that were added meanwhile would be missing from it, and be
   * reported as new.
   */
  #inTurn<Result>(replace: () => Promise<Result>): Promise<Result> {
    const replaced = this.#turn.then(replace);
    this.#turn = replaced.catch(() => {});
    return replaced;
  }

  #lookAgain(): void {
    this.#revisit = undefined;
    this.#stir();
  }

  /** Returns the files that appeared after the last look and were gone again before this one. */
  #passing({ entries }: Snapshot): string[] {
    const isUnseen = (path: string): boolean => !this.#snapshot.entries.has(path) && !entries.has(path);
    return [...this.#signs.takeNamed()].filter((path) => this.#scope.includes(path) && isUnseen(path));
  }

  #watchAnew(folders: ReadonlySet<string>): void {
    if (folders.size === 0) return;
    this.#watchers.addAnew(folders);
    delay(FOLDER_MS, undefined, { signal: this.#closing.signal }).then(
      () => this.#stir(),
      () => {},
    );
  }
}

/**
 * Watches files and folders, given as absolute paths, including saves by rename; ignores dot-files and `node_modules` inside
 * the folders. `onChange` is called again only after the previous call has settled.
 *
 * @param onError receives errors of `onChange` and of watching itself.
 */
export function watchFiles(
  paths: Iterable<string>,
  onChange: OnChange,
  onError: (error: unknown) => void,
  options: FileWatchOptions = {},
): Promise<FileWatch> {
  return FileWatch.open(new WatchScope(paths, options.except), options, onChange, onError);
}
