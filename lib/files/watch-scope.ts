import { lstatSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';

/** Which files and folders are watched: some by name, with all that is in them but dot-files, `node_modules` and one exception. */
export class WatchScope {
  readonly #targets = new Set<string>();
  readonly #except: string | undefined;

  /** @param except a folder whose files do not count: where the build writes. */
  constructor(targets: Iterable<string>, except?: string) {
    this.#except = except === undefined ? undefined : resolve(except);
    for (const target of targets) this.add(target);
  }

  get targets(): ReadonlySet<string> {
    return this.#targets;
  }

  /** Adds a file or folder; returns whether it was not in yet. */
  add(path: string): boolean {
    const target = resolve(path);
    if (this.includes(target)) return false;
    this.#targets.add(target);
    return true;
  }

  /** Whether a change of `path` counts. */
  includes(path: string): boolean {
    const target = [...this.#targets].find((one) => isWithin(path, one));
    if (target === undefined) return false;
    const except = this.#except;
    if (except !== undefined && isWithin(path, except) && !isWithin(target, except)) return false;
    return !relative(target, path).split(sep).some(isHidden);
  }

  /** Whether `path` counts, or something below it does. */
  isRelevant(path: string): boolean {
    return this.includes(path) || [...this.#targets].some((target) => isWithin(target, path));
  }

  /**
   * The folder from which on `target` is watched: high enough that folders on the way may be deleted and made again, and that
   * a symbolic link on the way may be turned to another folder.
   */
  startOf(target: string): string {
    const parents = parentsOf(target);
    const link = parents.find(isLink);
    if (link !== undefined) return dirname(link);
    const workingFolder = process.cwd();
    return parents.includes(workingFolder) ? workingFolder : dirname(target);
  }
}

/** Whether `path` is `folder` or below it. */
function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function isHidden(name: string): boolean {
  return name === 'node_modules' || name.startsWith('.');
}

/** The folders above `path`, the outermost first. */
function parentsOf(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [] : [...parentsOf(parent), parent];
}

/** A folder that this process must not even look at is nobody's to turn elsewhere. */
function isLink(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  } catch {
    return false;
  }
}
