import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { foldersAbove, isPackaged, isWithin, nativePath } from '../../core/paths.js';
import { compiledLib } from '../plugin-module.js';
import { extentOf } from '../read-config.js';
import { configsFrom } from '../tsconfig-for.js';
import type { Reads } from './reads.js';

/**
 * Returns every tsconfig.json above the own ones of these files, with those that it extends or refers to: one of them is the
 * plugin's, and esbuild reads the nearest for each file.
 */
export function readsOfConfigs(files: Iterable<string>): Omit<Reads, 'folders'> {
  const own = [...files].filter((file) => !isPackaged(file) && !isWithin(file, dirname(compiledLib)));
  const folders = new Set(own.flatMap((file) => foldersAbove(file)));
  const nearest = Array.from(folders, (folder) => join(folder, 'tsconfig.json')).filter(existsSync);
  const extents = Array.from(new Set(nearest.flatMap(configsFrom)), extentOf);
  return {
    files: new Set(extents.flatMap(({ configs }) => configs).map(nativePath)),
    trees: new Set(extents.flatMap(({ folders: included }) => included).map(nativePath)),
  };
}
