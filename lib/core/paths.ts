import platform, { type PlatformPath } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Paths on one platform: how they are written, compared and read. Node writes backslashes on Windows; the compiler, esbuild,
 * watchers and manifests write forward slashes. Each path that crosses such a border is brought into one form here.
 */
export interface Paths {
  /** Converts a path to forward slashes, as the compiler, esbuild and manifests write it. */
  posixPath(this: void, path: string): string;
  /** Converts a path from the compiler, esbuild or a watcher to the form that Node writes. */
  nativePath(this: void, path: string): string;
  /** Returns an absolute path as Node writes it. On Windows, the letter of a drive is always in the same case. */
  absolutePath(this: void, path: string): string;
  /**
   * Returns the relative path from `folder` to `file`, with forward slashes; an absolute path if they are on different drives.
   */
  relativePath(this: void, folder: string, file: string): string;
  /** Returns a key that is equal for two spellings of one path, and different for two paths. */
  pathKey(this: void, path: string): string;
  /** Returns true when `path` is `folder` or below it, however both are written. */
  isWithin(this: void, path: string, folder: string): boolean;
  /** Returns true for a file of a package: one below a `node_modules`. */
  isPackaged(this: void, path: string): boolean;
  /** Returns the folders above a path, the nearest first; the last one is the root of its drive. */
  foldersAbove(this: void, path: string): string[];
  /** Returns the path of a URL; `undefined` if it names no file on this machine. */
  pathOfUrl(this: void, url: string | URL): string | undefined;
}

/** Returns the path functions for a platform: that of `node:path`, `path.win32` or `path.posix`. */
export function pathsOn(platformPath: PlatformPath): Paths {
  // Elsewhere a backslash is a letter like any other.
  const isWindows = platformPath.sep === '\\';
  const posixPath = (path: string): string => (isWindows ? path.replaceAll('\\', '/') : path);
  const pathKey = (path: string): string => (isWindows ? posixPath(path).toLowerCase() : path);
  const foldersAbove = (path: string): string[] => {
    const folder = platformPath.dirname(path);
    return folder === path ? [] : [folder, ...foldersAbove(folder)];
  };
  return {
    posixPath,
    pathKey,
    foldersAbove,
    nativePath: (path) => (isWindows ? path.replaceAll('/', '\\') : path),
    absolutePath: (path) => {
      const absolute = platformPath.resolve(path);
      return isWindows ? absolute.replace(/^[a-z]:/, (drive) => drive.toUpperCase()) : absolute;
    },
    relativePath: (folder, file) => posixPath(platformPath.relative(folder, file)),
    isWithin: (path, folder) => {
      const inner = pathKey(path);
      const outer = pathKey(folder);
      return inner === outer || inner.startsWith(outer.endsWith('/') ? outer : `${outer}/`);
    },
    isPackaged: (path) => posixPath(path).includes('/node_modules/'),
    pathOfUrl: (url) => {
      if (!String(url).startsWith('file:')) return undefined;
      try {
        return fileURLToPath(url, { windows: isWindows });
      } catch {
        return undefined;
      }
    },
  };
}

export const {
  posixPath,
  nativePath,
  absolutePath,
  relativePath,
  pathKey,
  isWithin,
  isPackaged,
  foldersAbove,
  pathOfUrl,
} = pathsOn(platform);
