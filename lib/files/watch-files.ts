import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { watch, type FSWatcher } from 'chokidar';
import {
  CLOCK_STEP_MS,
  compareSnapshots,
  extendSnapshot,
  takeSnapshot,
  type Difference,
  type Snapshot,
} from './snapshot.js';
import { WatchScope } from './watch-scope.js';

/** Told of paths that were changed, added or deleted, and when (as `performance.now()`) the first sign of it was noticed. */
export type OnChange = (changed: ReadonlySet<string>, noticedAt: number) => Promise<void>;

/** Editors save in several steps, and tools write several files: what comes this soon after the last sign is one change. */
const QUIET_MS = 15;
/** A person saves one file; whatever has written several may go on to write more. */
const MANY_MS = 50;
/** What has gone, or is empty, is given this long to come back. */
const HALF_MS = 100;
/** Signs that never end are not waited for longer than this. */
const LONGEST_MS = 500;
/** How long after a folder was made something may have been put into it before it was watched. */
const FOLDER_MS = 100;

const inPackage = /[\\/]node_modules[\\/]/;

/**
 * Files and folders being watched. Chokidar only gives the sign that something happens: it lets two changes of a file within
 * 50 ms pass for one, and can lose a folder that is deleted and made again. What has changed is found by looking.
 */
export class FileWatch {
  readonly #scope: WatchScope;
  readonly #onChange: OnChange;
  readonly #onError: (error: unknown) => void;
  readonly #watcher: FSWatcher;
  readonly #closing = new AbortController();
  /** What keeps the process alive as long as somebody watches. */
  readonly #alive = setInterval(() => {}, 2 ** 30);
  #snapshot: Snapshot;
  #stirredAt = -Infinity;
  /** What signs have named since a change was handed over: who handles it may have seen what had gone when it was looked for next. */
  #named: Set<string> | undefined;
  #running: Promise<void> | undefined;

  private constructor(
    scope: WatchScope,
    snapshot: Snapshot,
    onChange: OnChange,
    onError: (error: unknown) => void,
  ) {
    this.#scope = scope;
    this.#snapshot = snapshot;
    this.#onChange = onChange;
    this.#onError = onError;
    this.#watcher = watch(startsOf(scope), {
      ignoreInitial: true,
      // What is added while it closes, chokidar would go on watching, and the process would never end.
      persistent: false,
      ignorePermissionErrors: true,
      ignored: (path) => !scope.includes(path) && !scope.leadsToTarget(path),
    });
    this.#watcher.on('all', (_event, path) => this.#stir(path));
    this.#watcher.on('raw', (_event, name, details) => {
      const { watchedPath } = details as { watchedPath?: string };
      if (watchedPath === undefined || !name) this.#stir();
      // A file that is watched names itself.
      else if (this.#concerns(watchedPath, name))
        this.#stir(basename(watchedPath) === name ? watchedPath : join(watchedPath, name));
    });
    this.#watcher.on('error', onError);
  }

  /** Resolves when it watches: whatever is changed after the call is noticed. */
  static async open(
    scope: WatchScope,
    onChange: OnChange,
    onError: (error: unknown) => void,
  ): Promise<FileWatch> {
    // Files written a moment ago would look as if they had been written just after.
    await delay(CLOCK_STEP_MS + 1);
    const watch = new FileWatch(scope, await takeSnapshot(scope), onChange, onError);
    await new Promise<void>((ready) => watch.#watcher.once('ready', () => ready()));
    watch.#stir();
    return watch;
  }

  /** Watches more files and folders, as they are now; packages in a `node_modules` do not count. */
  async add(paths: Iterable<string>): Promise<void> {
    const fresh = [...paths].filter((path) => !inPackage.test(path) && this.#scope.add(path));
    if (fresh.length === 0) return;
    const more = new WatchScope(fresh);
    this.#watcher.add(startsOf(more));
    this.#snapshot = await extendSnapshot(this.#snapshot, more);
  }

  /** Resolves when nothing is watched any more, and `onChange` has settled. */
  async close(): Promise<void> {
    this.#closing.abort();
    clearInterval(this.#alive);
    await this.#watcher.close();
    await this.#running;
  }

  #concerns(folder: string, name: string): boolean {
    const path = join(folder, name);
    return this.#scope.includes(folder) || this.#scope.includes(path) || this.#scope.leadsToTarget(path);
  }

  #stir(path?: string): void {
    if (path !== undefined) this.#named?.add(path);
    this.#stirredAt = performance.now();
    this.#running ??= this.#work().finally(() => {
      this.#running = undefined;
    });
  }

  /** Until there has been no sign since it looked last: one change after the other. */
  async #work(): Promise<void> {
    let lookedAt = -Infinity;
    while (this.#stirredAt > lookedAt && !this.#closing.signal.aborted) {
      const noticedAt = this.#stirredAt;
      try {
        const found = await this.#gather(noticedAt);
        ({ lookedAt } = found);
        this.#watchAnew(found.folders);
        if (found.files.size === 0) continue;
        this.#named = new Set();
        await this.#onChange(found.files, noticedAt);
      } catch (error) {
        if (this.#closing.signal.aborted) return;
        lookedAt = performance.now();
        this.#onError(error);
      }
    }
  }

  async #gather(noticedAt: number): Promise<Difference & { readonly lookedAt: number }> {
    let quietMs = QUIET_MS;
    for (;;) {
      await this.#quiet(noticedAt, quietMs);
      const lookedAt = performance.now();
      const snapshot = await takeSnapshot(this.#scope);
      const difference = compareSnapshots(this.#snapshot, snapshot);
      const wantedMs = quietMsFor(difference);
      if (quietMs >= wantedMs) {
        const files = new Set([...difference.files, ...this.#passing(snapshot)]);
        this.#named = undefined;
        this.#snapshot = snapshot;
        return { ...difference, files, lookedAt };
      }
      quietMs = wantedMs;
    }
  }

  /** What came after the last look and has gone before this one. */
  #passing({ entries }: Snapshot): string[] {
    const isUnseen = (path: string): boolean => !this.#snapshot.entries.has(path) && !entries.has(path);
    return [...(this.#named ?? [])].filter((path) => this.#scope.includes(path) && isUnseen(path));
  }

  /** Resolves when there has been no sign for `quietMs`, or there have been signs for too long. */
  async #quiet(noticedAt: number, quietMs: number): Promise<void> {
    for (;;) {
      const until = Math.min(this.#stirredAt + quietMs, noticedAt + LONGEST_MS);
      const leftMs = until - performance.now();
      if (leftMs <= 0) return;
      await delay(leftMs, undefined, { signal: this.#closing.signal });
    }
  }

  #watchAnew(folders: ReadonlySet<string>): void {
    if (folders.size === 0) return;
    for (const folder of folders) {
      this.#watcher.unwatch(folder);
      this.#watcher.add(folder);
    }
    delay(FOLDER_MS, undefined, { signal: this.#closing.signal }).then(
      () => this.#stir(),
      () => {},
    );
  }
}

/**
 * Watches files and folders, given as absolute paths, saves by rename included; dot-files and `node_modules` inside of the
 * folders do not count. `onChange` is called again only when the call before has settled.
 *
 * @param onError told of what `onChange` throws, and of watching itself failing.
 * @param except a folder whose files do not count.
 */
export function watchFiles(
  paths: Iterable<string>,
  onChange: OnChange,
  onError: (error: unknown) => void,
  except?: string,
): Promise<FileWatch> {
  return FileWatch.open(new WatchScope(paths, except), onChange, onError);
}

function quietMsFor({ isHalf, files }: Difference): number {
  if (isHalf) return HALF_MS;
  return files.size > 1 ? MANY_MS : QUIET_MS;
}

function startsOf(scope: WatchScope): string[] {
  return [...new Set(Array.from(scope.targets, (target) => scope.startOf(target)))];
}
