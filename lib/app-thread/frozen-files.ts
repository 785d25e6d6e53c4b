import fs from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isPackaged, isWithin, relativePath } from '../core/paths.js';

/** Format in which Node reads a module. */
export type ModuleFormat = 'module' | 'commonjs' | 'json' | 'addon' | 'wasm';

/** One of the app's own files, as it was when its version was made. */
export interface FrozenFile {
  /** Relative to the app's root, with forward slashes. */
  readonly path: string;
  /** `undefined` for a file that is not a module. */
  readonly format?: ModuleFormat;
  /** True for a module that is only named, by code or an option: the build cannot know that it is loaded as one. */
  readonly named?: true;
  /** Path of the JavaScript compiled from it, relative like `path`; `undefined` if it is JavaScript already. */
  readonly code?: string;
  /** Files that it imports by specifiers that Node alone could not resolve: by specifier, relative like `path`. */
  readonly imports?: Readonly<Record<string, string>>;
  /** Those that `require` finds elsewhere than `import`. */
  readonly requires?: Readonly<Record<string, string>>;
}

/** The files of one version, and their location. */
export interface FrozenTable {
  /** Absolute path of the folder of the app's files. */
  readonly root: string;
  /** Absolute path of the folder with their copies, each at its path relative to the root. */
  readonly copies: string;
  readonly files: readonly FrozenFile[];
  /** Folders that were taken completely, relative to the root; listing them lists the copies. */
  readonly folders: readonly string[];
}

// Not the one that looks among the frozen files.
const { existsSync } = fs;

/**
 * The app's own files under their original paths. A file that is written to stops being frozen and is read from disk from then
 * on.
 */
export class FrozenFiles {
  readonly #table: FrozenTable;
  #copies: string;
  #findOther: (() => string | undefined) | undefined;
  readonly #files = new Map<string, FrozenFile>();
  /** Every folder that is frozen completely, including those below. */
  readonly #folders = new Set<string>();
  /** Paths that were written to; nothing below them is frozen any more. */
  readonly #thawed = new Set<string>();

  /**
   * @param findOther returns a folder with other copies, if there are any. Called when one is missing: by default, they are in
   * `node_modules`, which an `npm ci` deletes.
   */
  constructor(table: FrozenTable, findOther: () => string | undefined) {
    this.#table = table;
    this.#copies = table.copies;
    this.#findOther = findOther;
    for (const file of table.files) this.#files.set(this.#absolute(file.path), file);
    const whole = table.folders.map((folder) => this.#absolute(folder));
    for (const folder of whole) this.#folders.add(folder);
    for (const path of this.#files.keys()) {
      const top = whole.find((folder) => isWithin(path, folder));
      for (let at = dirname(path); top !== undefined && at !== top; at = dirname(at)) this.#folders.add(at);
    }
  }

  /** Returns the frozen file at an absolute path. */
  at(path: string): FrozenFile | undefined {
    return this.#isThawed(path) ? undefined : this.#files.get(path);
  }

  /** Returns the path of a frozen file's bytes. */
  copyOf(path: string): string | undefined {
    const file = this.at(path);
    return file && this.#copyAt(file.path);
  }

  /** Returns the path of a frozen module's JavaScript. */
  codeOf(path: string): string | undefined {
    const file = this.at(path);
    return file && this.#copyAt(file.code ?? file.path);
  }

  /** Returns the path of the copy of a folder that was taken completely. */
  copyOfFolder(path: string): string | undefined {
    return this.#isWhole(path) ? this.#copyAt(relativePath(this.#table.root, path)) : undefined;
  }

  /** Returns the absolute path of the frozen file that `specifier` means in a module, if the build knows it. */
  importOf(module: string, specifier: string, by: 'import' | 'require'): string | undefined {
    const { imports, requires } = this.at(module) ?? {};
    const known = [by === 'require' ? requires : undefined, imports].find(
      (one) => one && Object.hasOwn(one, specifier),
    );
    return known && this.#absolute(known[specifier] as string);
  }

  /** Returns whether a path belongs to the app itself: below its root, and not in a `node_modules`. */
  isOwn(path: string): boolean {
    return path !== this.#table.root && isWithin(path, this.#table.root) && !isPackaged(path);
  }

  /** Returns whether a module to be loaded belongs to the app, is not frozen, and was not written by the app. */
  isStray(path: string): boolean {
    return this.isOwn(path) && !this.#files.has(path) && !this.#isThawed(path);
  }

  /** Returns whether it is news for the build that this path is loaded as a module of the app. */
  isNews(path: string): boolean {
    return this.at(path)?.named === true || this.isStray(path);
  }

  /** Unfreezes `path` and everything below it. Returns whether any of it was frozen. */
  thaw(path: string): boolean {
    const wasFrozen = this.at(path) !== undefined || this.#isWhole(path);
    const inWhole = this.#isWhole(dirname(path));
    if (!wasFrozen && !inWhole) return false;
    this.#thawed.add(path);
    // A new file in a folder must appear in its listing.
    if (inWhole) this.#folders.delete(dirname(path));
    return true;
  }

  /** Returns the path of the copy at a path relative to the root. */
  #copyAt(path: string): string {
    const copy = join(this.#copies, path);
    if (!this.#findOther || existsSync(copy)) return copy;
    const other = this.#findOther();
    // Without room for others, code that misses files must not wait for each.
    if (other === undefined) this.#findOther = undefined;
    else this.#copies = other;
    return join(this.#copies, path);
  }

  /** Returns whether a folder is frozen completely. */
  #isWhole(path: string): boolean {
    return this.#folders.has(path) && !this.#isThawed(path);
  }

  #absolute(path: string): string {
    return resolve(this.#table.root, path);
  }

  #isThawed(path: string): boolean {
    if (this.#thawed.size === 0) return false;
    for (const thawed of this.#thawed) if (isWithin(path, thawed)) return true;
    return false;
  }
}
