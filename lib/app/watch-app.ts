import { dirname } from 'node:path';
import { isWithin } from '../core/paths.js';
import { watchFiles, type FileWatch } from '../files/watch-files.js';
import type { Details } from '../swap/details.js';
import type { ServedApp } from './serve-app.js';

/** Outcome of a save. */
export type SaveOutcome =
  | { readonly kind: 'swapped'; readonly details: Details; readonly ms: number }
  | { readonly kind: 'refused'; readonly error: unknown }
  /** No version is made of these files. */
  | { readonly kind: 'beside'; readonly paths: readonly string[] };

/** Sources of plugins beside an app. */
export interface PluginSources {
  /** Absolute path of their folder. */
  readonly folder: string;
  /**
   * Makes the artifacts of those that these files are part of anew.
   *
   * @throws LiveswapError `BUILD_FAILED` with findings
   */
  build(changed: Iterable<string>): Promise<void>;
}

/**
 * Reloads an app whenever one of its own files is saved, or a plugin beside it. Other files of its folders, such as those it writes
 * itself, count only while what was saved last is refused: what is missing may be one of them.
 *
 * @param tell told what came of each save.
 */
export async function watchApp(
  app: ServedApp,
  tell: (outcome: SaveOutcome) => void,
  plugins?: PluginSources,
): Promise<FileWatch> {
  let isRefused = false;
  const foldersOf = (): Set<string> =>
    new Set([...[...app.files].map((file) => dirname(file)), ...(plugins ? [plugins.folder] : [])]);
  const isPlugin = (path: string): boolean => plugins !== undefined && isWithin(path, plugins.folder);
  const watching: FileWatch = await watchFiles(
    foldersOf(),
    async (changed, noticedAt) => {
      const paths = [...changed];
      if (!isRefused && !paths.some((path) => app.isMadeOf(path) || isPlugin(path)))
        return tell({ kind: 'beside', paths });
      try {
        if (plugins && (isRefused || paths.some(isPlugin))) await plugins.build(paths);
        const details = await app.reload();
        isRefused = false;
        tell({ kind: 'swapped', details, ms: performance.now() - noticedAt });
        // The app may have files in other folders now.
        await watching.add(foldersOf());
      } catch (error) {
        isRefused = true;
        tell({ kind: 'refused', error });
      }
    },
    (error) => tell({ kind: 'refused', error }),
  );
  app.onFileAdded(() => void watching.add(foldersOf()));
  return watching;
}
