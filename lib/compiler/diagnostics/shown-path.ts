import { relative } from 'node:path';

/** A path as it is shown: from the working folder, unless it is outside of it. */
export function shownPath(file: string): string {
  const path = relative(process.cwd(), file);
  return path === '' || path.startsWith('..') ? file : path;
}
