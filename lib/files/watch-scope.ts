import { lstatSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';

/** The watched files and folders: named ones with everything inside them, except dot-files, `node_modules` and one folder. */
export class WatchScope {
  readonly #targets = new Set<string>();
  readonly #except: string | undefined;

  /** @param except a folder to ignore: the output folder of the build. */
  constructor(targets: Iterable<string>, except?: string) {
    this.#except = except === undefined ? undefined : resolve(except);
    for (const target of targets) this.add(target);
  }

  get targets(): ReadonlySet<string> {
    return this.#targets;
  }

  /** Adds a file or folder; returns false when it was already in the scope. */
  add(path: string): boolean {
    const target = resolve(path);
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
    return !relative(target, path).split(sep).some(isHidden);
  }

  /** Returns true when `path`, or anything below it, counts. */
  isRelevant(path: string): boolean {
    return this.includes(path) || [...this.#targets].some((target) => isWithin(target, path));
  }

  /**
   * Returns the folder from which `target` is watched: high enough that folders on the way may be deleted and made again, and
   * that
   * a symbolic link on the way may be redirected to another folder.
   */
  startOf(target: string): string {
    const parents = parentsOf(target);
    const link = parents.find(isLink);
    if (link !== undefined) return dirname(link);
    const workingFolder = process.cwd();
    return parents.includes(workingFolder) ? workingFolder : dirname(target);
  }
}

/** Returns true when `path` is `folder` or is below it. */
function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function isHidden(name: string): boolean {
  return name === 'node_modules' || name.startsWith('.');
}

/** Returns the folders above `path`, the outermost first. */
function parentsOf(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [] : [...parentsOf(parent), parent];
}

/** Returns false for a folder that this process may not look at, since it cannot be redirected by this user. */
function isLink(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  } catch {
    return false;
  }
}
