import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { absolutePath, foldersAbove, isWithin, relativePath } from '../core/paths.js';

/** The watched files and folders: named ones with everything inside them, except dot-files, `node_modules` and one folder. */
export class WatchScope {
  readonly #targets = new Set<string>();
  readonly #except: string | undefined;

  /** @param except a folder to ignore: the output folder of the build. */
  constructor(targets: Iterable<string>, except?: string) {
    this.#except = except === undefined ? undefined : absolutePath(except);
    for (const target of targets) this.add(target);
  }

  get targets(): ReadonlySet<string> {
    return this.#targets;
  }

  /** Adds a file or folder; returns false when it was already in the scope. */
  add(path: string): boolean {
    const target = absolutePath(path);
    if (this.includes(target)) return false;
    this.#targets.add(target);
    return true;
  }

  /** Returns true when a change of `path` counts. */
  includes(path: string): boolean {
    const target = [...this.#targets].find((one) => isWithin(path, one));
    if (target === undefined) return false;
    const except = this.#except;
    if (except !== undefined && isWithin(path, except) && !isWithin(target, except)) return false;
    return !relativePath(target, path).split('/').some(isHidden);
  }

  /** Returns true when `path`, or anything below it, counts. */
  isRelevant(path: string): boolean {
    return this.includes(path) || [...this.#targets].some((target) => isWithin(target, path));
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
