import platform, { type PlatformPath } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Paths on one platform: how they are written, compared and read. Node writes backslashes on Windows; the compiler, esbuild, watchers
 * and manifests write forward slashes. Each path that crosses such a border is brought into one form here.
 */
export interface Paths {
  /** A path with forward slashes: as the compiler, esbuild and manifests write it. */
  posixPath(this: void, path: string): string;
  /** The other way: a path as Node writes it, of one that the compiler, esbuild or a watcher has given. */
  nativePath(this: void, path: string): string;
  /** An absolute path as Node writes it. A drive has one letter on Windows, whatever its case was. */
  absolutePath(this: void, path: string): string;
  /** The way from `folder` to `file`, with forward slashes; an absolute path where there is none, from one drive to another. */
  relativePath(this: void, folder: string, file: string): string;
  /** Text that is the same for two ways to write a path, and different for two paths. */
  pathKey(this: void, path: string): string;
  /** Returns true when `path` is `folder` or below it, however both are written. */
  isWithin(this: void, path: string, folder: string): boolean;
  /** Returns true for a file of a package: one below a `node_modules`. */
  isPackaged(this: void, path: string): boolean;
  /** The folders above a path, the nearest first; the last one is the root of its drive. */
  foldersAbove(this: void, path: string): string[];
  /** The path of a URL; `undefined` where it names no file here, such as that of another machine. */
  pathOfUrl(this: void, url: string | URL): string | undefined;
}

/** Returns how paths are on a platform: that of `node:path`, `path.win32` or `path.posix`. */
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
