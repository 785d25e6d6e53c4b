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
  /** Path of the JavaScript that was made of it, relative like `path`; `undefined` when it is JavaScript already. */
  readonly code?: string;
  /** Files that it imports under names which Node alone would not find: by specifier, each relative like `path`. */
  readonly imports?: Readonly<Record<string, string>>;
}

/** The files of one version, and where they are. */
export interface FrozenTable {
  /** Absolute path of the folder that the app's files are in. */
  readonly root: string;
  /** Absolute path of the folder that holds their copies, each at its path relative to the root. */
  readonly copies: string;
  readonly files: readonly FrozenFile[];
  /** Folders that were taken whole, relative to the root: their listings are those of the copies. */
  readonly folders: readonly string[];
}

/** The app's own files under their original paths. What is written to stops being frozen: it is read from the disk from then on. */
export class FrozenFiles {
  readonly #table: FrozenTable;
  readonly #files = new Map<string, FrozenFile>();
  /** Every folder that is frozen whole, those below included. */
  readonly #folders = new Set<string>();
  /** Paths that were written to, and below which nothing is frozen any more. */
  readonly #thawed = new Set<string>();

  constructor(table: FrozenTable) {
    this.#table = table;
    for (const file of table.files) this.#files.set(this.#absolute(file.path), file);
    const whole = table.folders.map((folder) => this.#absolute(folder));
    for (const folder of whole) this.#folders.add(folder);
    for (const path of this.#files.keys()) {
      const top = whole.find((folder) => isWithin(path, folder));
      for (let at = dirname(path); top !== undefined && at !== top; at = dirname(at)) this.#folders.add(at);
    }
  }

  /** The frozen file at an absolute path. */
  at(path: string): FrozenFile | undefined {
    return this.#isThawed(path) ? undefined : this.#files.get(path);
  }

  /** Returns the path of a frozen file's bytes. */
  copyOf(path: string): string | undefined {
    const file = this.at(path);
    return file && join(this.#table.copies, file.path);
  }

  /** Returns the path of a frozen module's JavaScript. */
  codeOf(path: string): string | undefined {
    const file = this.at(path);
    return file && join(this.#table.copies, file.code ?? file.path);
  }

  /** Returns the path of the copy of a folder that was taken whole. */
  copyOfFolder(path: string): string | undefined {
    if (!this.#folders.has(path) || this.#isThawed(path)) return undefined;
    return join(this.#table.copies, relativePath(this.#table.root, path));
  }

  /** The frozen file that `specifier` means in a module, as an absolute path, where the build knows it. */
  importOf(module: string, specifier: string): string | undefined {
    const imports = this.at(module)?.imports;
    if (!imports || !Object.hasOwn(imports, specifier)) return undefined;
    return this.#absolute(imports[specifier] as string);
  }

  /** Returns whether a path is the app's own: below its root, and in no `node_modules`. */
  isOwn(path: string): boolean {
    return path !== this.#table.root && isWithin(path, this.#table.root) && !isPackaged(path);
  }

  /** Returns whether a module that is about to be loaded belongs to the app, is not frozen, and was not written by it. */
  isStray(path: string): boolean {
    return this.isOwn(path) && !this.#files.has(path) && !this.#isThawed(path);
  }

  /** Stops `path`, and what is below it, being frozen. Returns whether anything of it was. */
  thaw(path: string): boolean {
    const wasFrozen = this.at(path) !== undefined || this.copyOfFolder(path) !== undefined;
    const inWhole = this.copyOfFolder(dirname(path)) !== undefined;
    if (!wasFrozen && !inWhole) return false;
    this.#thawed.add(path);
    // A new file in a folder has to be in its listing.
    if (inWhole) this.#folders.delete(dirname(path));
    return true;
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
