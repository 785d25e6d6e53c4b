import { dirname, isAbsolute, join } from 'node:path';
import { posixPath, relativePath } from '../../core/paths.js';

/**
 * Places of modules, and of the files that they name, around the running copy. A place is a path from the folder of the copy,
 * with forward slashes; the copy is where the plugin's root module is in the sources.
 */
export class Places {
  readonly #folder: string;
  /** The `node_modules` folders that packages came from. */
  readonly #roots: readonly string[];

  /**
   * @param folder of the plugin.
   * @param files all that will be asked for.
   */
  constructor(folder: string, files: Iterable<string>) {
    this.#folder = folder;
    const roots = new Set(
      Array.from(files, (file) => packagesRootOf(file)).filter((root) => root !== undefined),
    );
    const distance = (root: string): string => relativePath(folder, root);
    this.#roots = [...roots].sort(
      (left, right) => distance(left).length - distance(right).length || (left < right ? -1 : 1),
    );
  }

  /** Returns the place of a module. */
  of(file: string): string {
    const root = packagesRootOf(file);
    if (root === undefined) {
      const way = relativePath(this.#folder, file);
      // From one drive of Windows to another there is none.
      return isAbsolute(way) ? `drives/${way.replace(':', '')}` : way;
    }
    const index = this.#roots.indexOf(root);
    const inside = relativePath(root, file);
    // Two packages of one name are two places.
    return index > 0 ? `node_modules/.${index}/${inside}` : `node_modules/${inside}`;
  }

  /** Returns the place of a file that a module names: the way from one to the other is the same as in the sources. */
  ofNamed(file: string, by: string): string {
    return posixPath(join(dirname(this.of(by)), relativePath(dirname(by), file)));
  }

  /** The last folders of the plugin's path that all of these places are below: where the copy is among them. */
  folderOfCopy(places: Iterable<string>): string {
    const ups = Array.from(places, (place) => place.split('/').filter((part) => part === '..').length);
    const depth = Math.max(0, ...ups);
    return depth === 0 ? '' : posixPath(this.#folder).split('/').slice(-depth).join('/');
  }
}

/** The outermost `node_modules` that a file is in. */
export function packagesRootOf(file: string): string | undefined {
  const match = /^.*?[\\/]node_modules(?=[\\/])/.exec(file);
  return match?.[0];
}

/** The name of the package that a file is part of. */
export function packageOf(file: string): string | undefined {
  const match = /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(file);
  return match?.[1]?.replace('\\', '/');
}
