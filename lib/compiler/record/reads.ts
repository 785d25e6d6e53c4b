import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { foldersAbove, isPackaged } from '../../core/paths.js';
import { isDependencyFile } from '../dependency-files.js';
import { entriesOf } from './folder-entries.js';

/** What decides the result of a build, by absolute path. */
export interface Reads {
  /** Files that were read, and paths where a file was looked for in vain. */
  readonly files: ReadonlySet<string>;
  /** Folders in which names were looked for. */
  readonly folders: ReadonlySet<string>;
  /** Folders below which sources were looked for. */
  readonly trees: ReadonlySet<string>;
}

/** The file that tells how a package is to be read; and the others that do so for own code, and which TypeScript checks it. */
const settings = ['package.json'];
const ownSettings = [...settings, 'tsconfig.json', 'jsconfig.json', 'node_modules/typescript/package.json'];

/**
 * Adds what decides, beside the files themselves, where their imports lead: esbuild does not tell where it looked in vain. So all
 * names count in the folders of sources, and in each `node_modules` above them.
 */
export function withSurroundings({ files, folders, trees }: Reads): Reads {
  const all = { files: new Set(files), folders: new Set(folders), trees };
  const above = new Set<string>();
  for (const file of files) {
    if (!existsSync(file)) continue;
    const [folder = file, ...further] = foldersAbove(file);
    for (const one of [folder, ...further]) above.add(one);
    if (!isSetting(file)) all.folders.add(folder);
  }
  for (const folder of above) {
    for (const name of isPackaged(folder) ? settings : ownSettings) all.files.add(join(folder, name));
    if (basename(folder) === 'node_modules') continue;
    const packages = join(folder, 'node_modules');
    all.folders.add(packages);
    for (const { name } of entriesOf(packages))
      if (name.startsWith('@')) all.folders.add(join(packages, name));
  }
  return all;
}

function isSetting(file: string): boolean {
  return /^[tj]sconfig.*\.json$/.test(basename(file)) || isDependencyFile(file);
}

/** Returns everything of several reads; what is left out of one is nothing. */
export function allReads(parts: readonly Partial<Reads>[]): Reads {
  return {
    files: new Set(parts.flatMap(({ files = [] }) => [...files])),
    folders: new Set(parts.flatMap(({ folders = [] }) => [...folders])),
    trees: new Set(parts.flatMap(({ trees = [] }) => [...trees])),
  };
}
