import { statSync, type Stats } from 'node:fs';

/** Returns what is at a path; `undefined` when there is nothing, or that cannot be told, as below a file or in a closed folder. */
export function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
