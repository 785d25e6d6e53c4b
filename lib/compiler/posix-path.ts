import { relative, sep } from 'node:path';

/**
 * Returns a path with forward slashes, as the compiler, esbuild and manifests name files. A path from Node is converted wherever
 * it is compared with one of theirs.
 */
export function posixPath(path: string, separator: string = sep): string {
  // Elsewhere a backslash is a letter like any other.
  return separator === '\\' ? path.replaceAll('\\', '/') : path;
}

/** Returns the way from `folder` to `file`, with forward slashes. */
export function relativePath(folder: string, file: string): string {
  return posixPath(relative(folder, file));
}

/** Converts a path from the compiler, esbuild or a watcher into the form that Node writes. */
export function nativePath(path: string, separator: string = sep): string {
  return separator === '\\' ? path.replaceAll('/', '\\') : path;
}
