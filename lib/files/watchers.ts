import { statSync, watch as watchFolder, type FSWatcher as FolderWatcher } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { FSWatcher, watch } from 'chokidar';
import { foldersAbove, nativePath } from '../core/paths.js';
import { clearInterval, setInterval } from '../core/timers.js';
import { isExhausted, watchesExhausted } from './watch-limits.js';
import type { WatchScope } from './watch-scope.js';

/** Callbacks of {@link Watchers}. */
interface WatchersDeps {
  /** Aborted when no more watchers are to be opened. */
  readonly signal: AbortSignal;
  /** Everything that is watched: signs of anything else are ignored. */
  readonly scope: WatchScope;
  /** Something has changed: at this path, if it is known. */
  readonly onSign: (path?: string) => void;
  readonly onError: (error: unknown) => void;
}

/** Interval between signs when the system gives none, in milliseconds. */
const LOOK_MS = 1_000;

/** The watchers that give the signs of changes. */
export class Watchers {
  readonly #begin: typeof watch;
  readonly #deps: WatchersDeps;
  /** One watcher for the first files, and one for each later addition: only a new watcher tells when it has begun. */
  readonly #watchers: FSWatcher[] = [];
  /** Watchers of what lies at the root of a disk, by that root. */
  readonly #roots = new Map<string, FolderWatcher>();
  /** Set while changes give no sign, so that the files must be polled. */
  #looking: NodeJS.Timeout | undefined;

  constructor(begin: typeof watch, deps: WatchersDeps) {
    this.#begin = begin;
    this.#deps = deps;
  }

  /** Watches the files of `scope`; gives a sign when that has begun, because until then changes give none. */
  async add(scope: WatchScope): Promise<void> {
    const { signal, onSign } = this.#deps;
    if (signal.aborted) return;
    const { roots, starts } = startsOf(scope);
    for (const root of roots) this.#watchRoot(root);
    const watcher = this.#begin(starts, {
      ignoreInitial: true,
      // With `persistent`, files added while chokidar closes would stay watched, and the process would never end.
      persistent: false,
      ignorePermissionErrors: true,
      // Chokidar passes forward slashes on every platform.
      ignored: (path) => !scope.isRelevant(nativePath(path)),
    });
    this.#watchers.push(watcher);
    watcher.on('all', (_event, path) => onSign(path));
    watcher.on('raw', (_event, name, details) => this.#take(name, details as { watchedPath?: string }));
    watcher.on('error', (error) => this.#fail(error));
    // A watcher of nothing, or one that is closed first, is never ready.
    if (starts.length > 0)
      await new Promise<void>((begun) => {
        watcher.once('ready', () => begun());
        signal.addEventListener('abort', () => begun(), { once: true });
      });
    onSign();
  }

  /** Watches folders anew, because others may have taken their places. */
  addAnew(folders: ReadonlySet<string>): void {
    for (const watcher of this.#watchers) {
      watcher.unwatch([...folders]);
      watcher.add([...folders]);
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#looking);
    for (const watcher of this.#roots.values()) watcher.close();
    await Promise.all(this.#watchers.map((watcher) => watcher.close()));
  }

  /** Chokidar takes a root for a folder inside of itself, finds that gone, and forgets all that it watches below. */
  #watchRoot(root: string): void {
    if (this.#roots.has(root)) return;
    try {
      const watcher = watchFolder(root, { persistent: false });
      this.#roots.set(root, watcher);
      watcher.on('change', (_event, name) => this.#take(String(name ?? ''), { watchedPath: root }));
      watcher.on('error', (error) => this.#fail(error));
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Handles an event of the system about `name` in a watched folder, or about a watched file of that name. */
  #take(name: string, { watchedPath }: { watchedPath?: string }): void {
    const { scope, onSign } = this.#deps;
    if (watchedPath === undefined || !name) return onSign();
    if (!scope.includes(watchedPath) && !scope.isRelevant(join(watchedPath, name))) return;
    // A sign for a watched file names that file itself.
    onSign(basename(watchedPath) === name ? watchedPath : join(watchedPath, name));
  }

  /**
   * Handles an error of the watcher. When the system is out of watches, chokidar carries on, with an error for each file and no
   * sign of any change: poll instead.
   */
  #fail(error: unknown): void {
    const { onError, onSign } = this.#deps;
    if (!isExhausted(error)) return onError(error);
    if (this.#looking) return;
    this.#looking = setInterval(() => onSign(), LOOK_MS).unref();
    onError(watchesExhausted(error, LOOK_MS));
  }
}

/** Returns the folders from which a scope is watched; of what is watched from the root of a disk, the folders next to it. */
function startsOf(scope: WatchScope): { readonly roots: Set<string>; readonly starts: string[] } {
  const roots = new Set<string>();
  const starts = new Set<string>();
  for (const [target, start] of scope.starts()) {
    if (dirname(start) !== start) {
      starts.add(start);
      continue;
    }
    roots.add(start);
    const top = [target, ...foldersAbove(target)].at(-2);
    if (top !== undefined && isFolder(top)) starts.add(top);
  }
  return { roots, starts: [...starts] };
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
