import { readdirSync, type Dirent } from 'node:fs';
import { basename } from 'node:path';

/**
 * Returns what is in a folder, in the order of the names, without what tools put into a `node_modules` for themselves; nothing when
 * the folder is missing.
 */
export function entriesOf(folder: string): Dirent[] {
  const isOfPackages = basename(folder) === 'node_modules';
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(({ name }) => !isOfPackages || !name.startsWith('.'))
      .sort((left, right) => (left.name < right.name ? -1 : 1));
  } catch {
    return [];
  }
}
