import { relative } from 'node:path';

/** Returns a path as it is shown: relative to the working folder if it is inside. */
export function shownPath(file: string): string {
  const path = relative(process.cwd(), file);
  return path === '' || path.startsWith('..') ? file : path;
}
