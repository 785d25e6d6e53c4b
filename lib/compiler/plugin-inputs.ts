import { isWithin, pathKey } from '../core/paths.js';
import type { PluginFolder } from './plugin-folders.js';

/** The files that a plugin was made of, which tell when it must be made again. */
export class PluginInputs {
  /** The files that the plugin imports or calls, and its own. */
  #used: ReadonlySet<string> = new Set();
  /** Declarations that apply without being imported. */
  #ambient: ReadonlySet<string> = new Set();

  /** Absolute paths of the files. */
  get paths(): ReadonlySet<string> {
    return new Set([...this.#used, ...this.#ambient]);
  }

  replace(used: Iterable<string>, ambient: ReadonlySet<string>): void {
    this.#used = new Set(used);
    this.#ambient = new Set(ambient);
  }

  add(paths: Iterable<string>): void {
    this.#used = new Set([...this.#used, ...paths]);
  }

  /** Returns whether one of the changed files is an input, or is among the present files of the plugin's folder. */
  haveChanged({ files, assets }: PluginFolder, changed: ReadonlySet<string>): boolean {
    const made = new Set([...files, ...assets, ...this.paths].map(pathKey));
    return [...changed].some((path) => made.has(pathKey(path)));
  }

  /** Returns whether one of the inputs is in a folder. */
  comeFrom(folder: string): boolean {
    return [...this.paths].some((path) => isWithin(path, folder));
  }

  /** Returns whether the plugin uses a file of a folder, outside of its own: what is declared there for all is no use. */
  useOther(folder: string, own: string): boolean {
    return [...this.#used].some((path) => isWithin(path, folder) && !isWithin(path, own));
  }
}

/** Returns whether a folder holds other files than before, or has others beside it. */
export function isRearranged(before: PluginFolder, now: PluginFolder): boolean {
  return (
    before.files.join() !== now.files.join() ||
    before.assets.join() !== now.assets.join() ||
    before.strays.join() !== now.strays.join()
  );
}
