import { dirname, isAbsolute, join } from 'node:path';
import { posixPath, relativePath } from '../../core/paths.js';

/**
 * Places of modules, and of the files that they name, around the running copy. A place is a relative path from the folder of the
 * copy, with forward slashes. The copy takes the place of the plugin's root module in the sources.
 */
export class Places {
  readonly #folder: string;
  /** The `node_modules` folders of the packages. */
  readonly #roots: readonly string[];

  /**
   * @param folder is the plugin's folder.
   * @param files are all the files that will be looked up.
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
      // Between two drives of Windows there is no relative path.
      return isAbsolute(way) ? `drives/${way.replace(':', '')}` : way;
    }
    const index = this.#roots.indexOf(root);
    const inside = relativePath(root, file);
    // Two packages of one name get two places.
    return index > 0 ? `node_modules/.${index}/${inside}` : `node_modules/${inside}`;
  }

  /** Returns the place of a file that a module names, so that the relative path between them is the same as in the sources. */
  ofNamed(file: string, by: string): string {
    return posixPath(join(dirname(this.of(by)), relativePath(dirname(by), file)));
  }

  /** Returns the place of the copy: as many of the last folders in the plugin's path as these places need. */
  folderOfCopy(places: Iterable<string>): string {
    const ups = Array.from(places, (place) => place.split('/').filter((part) => part === '..').length);
    const depth = Math.max(0, ...ups);
    return depth === 0 ? '' : posixPath(this.#folder).split('/').slice(-depth).join('/');
  }
}

/** Returns the outermost `node_modules` that contains a file. */
export function packagesRootOf(file: string): string | undefined {
  const match = /^.*?[\\/]node_modules(?=[\\/])/.exec(file);
  return match?.[0];
}

/** Returns the name of the package that a file belongs to. */
export function packageOf(file: string): string | undefined {
  // The expression alone takes a long time to fail.
  if (!file.includes('node_modules')) return undefined;
  const match = /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(file);
  return match?.[1]?.replace('\\', '/');
}
