import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { absolutePath, foldersAbove, isWithin, pathKey, relativePath } from '../core/paths.js';

/** The watched files and folders: named ones with everything inside them, except dot-files, `node_modules` and one folder. */
export class WatchScope {
  /** By the keys of their paths. */
  readonly #targets = new Map<string, string>();
  /** Keys of the targets and of all folders above them. */
  readonly #onTheWay = new Set<string>();
  readonly #except: string | undefined;

  /** @param except a folder to ignore: the output folder of the build. */
  constructor(targets: Iterable<string>, except?: string) {
    this.#except = except === undefined ? undefined : absolutePath(except);
    for (const target of targets) this.add(target);
  }

  get targets(): Iterable<string> {
    return this.#targets.values();
  }

  /** Adds a file or folder; returns false when it was already in the scope. */
  add(path: string): boolean {
    const target = absolutePath(path);
    if (this.includes(target)) return false;
    this.#targets.set(pathKey(target), target);
    for (const place of [target, ...foldersAbove(target)]) this.#onTheWay.add(pathKey(place));
    return true;
  }

  /** Returns true when a change of `path` counts. */
  includes(path: string): boolean {
    const nearest = [path, ...foldersAbove(path)].find((place) => this.#targets.has(pathKey(place)));
    if (nearest === undefined) return false;
    const except = this.#except;
    if (except !== undefined && isWithin(path, except) && !isWithin(nearest, except)) return false;
    return !relativePath(nearest, path).split('/').some(isHidden);
  }

  /** Returns true when `path`, or anything below it, counts. */
  isRelevant(path: string): boolean {
    return this.#onTheWay.has(pathKey(path)) || this.includes(path);
  }

  /** Returns where each target is watched from: see {@link startOf}. */
  starts(): Map<string, string> {
    const starts = new Map<string, string>();
    // All that are in one folder are watched from the same.
    const ofFolder = new Map<string, string>();
    for (const target of this.targets) {
      const folder = dirname(target);
      const start = ofFolder.get(folder) ?? this.startOf(target);
      ofFolder.set(folder, start);
      starts.set(target, start);
    }
    return starts;
  }

  /**
   * Returns the folder from which `target` is watched, one that is there: high enough that folders on the way may be deleted and
   * made again, and that a symbolic link on the way may be redirected to another folder.
   */
  startOf(target: string): string {
    const parents = foldersAbove(target);
    const link = parents.findLast(isRedirectable);
    if (link !== undefined) return dirname(link);
    const here = workingFolder();
    if (here !== undefined && parents.includes(here)) return here;
    return parents.find((folder) => existsSync(folder)) ?? dirname(target);
  }
}

/** Returns the working folder; `undefined` when it was deleted. */
function workingFolder(): string | undefined {
  try {
    return absolutePath(process.cwd());
  } catch {
    return undefined;
  }
}

function isHidden(name: string): boolean {
  return name === 'node_modules' || name.startsWith('.');
}

/**
 * Returns true for a symbolic link that somebody may redirect. Links that this process may not read, and those of macOS itself,
 * do not count.
 */
function isRedirectable(path: string): boolean {
  try {
    const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
    // `/tmp`, `/var` and `/etc` lead to `private/tmp` and so on: all files there would be watched from the root of the disk.
    return isLink && readlinkSync(path) !== join('private', basename(path));
  } catch {
    return false;
  }
}
