import { relative, sep } from 'node:path';

/**
 * A path with forward slashes: what the compiler, esbuild and manifests call a file. Every path that comes from Node is brought
 * into this form where it is compared with one of theirs.
 */
export function posixPath(path: string, separator: string = sep): string {
  // Elsewhere a backslash is a letter like any other.
  return separator === '\\' ? path.replaceAll('\\', '/') : path;
}

/** The way from `folder` to `file`, with forward slashes. */
export function relativePath(folder: string, file: string): string {
  return posixPath(relative(folder, file));
}

/** The other way: a path as Node writes it, of one that the compiler, esbuild or a watcher has given. */
export function nativePath(path: string, separator: string = sep): string {
  return separator === '\\' ? path.replaceAll('/', '\\') : path;
}
