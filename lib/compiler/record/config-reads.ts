import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { foldersAbove, isPackaged, nativePath } from '../../core/paths.js';
import { readConfig } from '../read-config.js';
import { configsFrom } from '../tsconfig-for.js';
import type { Reads } from './reads.js';

/**
 * Returns every tsconfig.json above the own ones of these files, with those that it extends or refers to: one of them is the
 * plugin's, and esbuild reads the nearest for each file.
 */
export function readsOfConfigs(files: Iterable<string>): Reads {
  const own = [...files].filter((file) => !isPackaged(file));
  const folders = new Set(own.flatMap((file) => foldersAbove(file)));
  const nearest = Array.from(folders, (folder) => join(folder, 'tsconfig.json')).filter(existsSync);
  const reads = { files: new Set<string>(), folders: new Set<string>(), trees: new Set<string>() };
  for (const path of new Set(nearest.flatMap(configsFrom))) {
    reads.files.add(nativePath(path));
    const config = readable(path);
    for (const one of config?.configs ?? []) reads.files.add(nativePath(one));
    for (const folder of config?.folders ?? []) reads.trees.add(nativePath(folder));
  }
  return reads;
}

/** Returns a tsconfig.json; `undefined` for one that nothing can have used. */
function readable(path: string) {
  try {
    return readConfig(path);
  } catch {
    return undefined;
  }
}
