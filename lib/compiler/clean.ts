import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { removeDespiteReaders } from '../core/despite-readers.js';
import { checkArgument } from '../core/check-argument.js';
import { checkPath } from '../core/check-path.js';
import { artifactFileName } from '../manifest/artifact.js';
import { entryFileName } from './entry.js';
import { buildChecks } from './options.js';
import { findPlugins } from './plugin-folders.js';
import { filesFolderName, STATIC_FILES } from './static-module.js';
import { STUBS_FILE } from './stubs-file.js';

/**
 * Removes the files that builds of these plugins wrote to `outDir`: artifacts, entries, typed stubs and static linking.
 *
 * @returns the paths of the removed files and folders.
 * @throws LiveswapError `OPTION_INVALID` when `outDir` or a source is empty
 */
export async function clean(sources: readonly string[], outDir: string): Promise<string[]> {
  checkPath(outDir, 'outDir', 'the folder of the artifacts');
  checkArgument('sources', sources, buildChecks.sources);
  const plugins = await findPlugins(sources);
  const names = [
    ...plugins.flatMap(({ name }) => [artifactFileName(name), entryFileName(name), filesFolderName(name)]),
    ...Object.values(STATIC_FILES),
    STUBS_FILE,
  ];
  const removed: string[] = [];
  for (const name of names) {
    const file = resolve(outDir, name);
    const there = await access(file).then(
      () => true,
      () => false,
    );
    if (!there) continue;
    await removeDespiteReaders(file);
    removed.push(file);
  }
  return removed;
}
