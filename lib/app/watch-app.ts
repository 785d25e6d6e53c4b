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

/** A file that an app may be waiting for as long as it has errors of its own, however often it is saved. */
const CODE = /\.[cm]?[jt]sx?$/;

/**
 * Reloads an app whenever one of its own files is saved, or a plugin beside it. Other files of its folders count only while what was
 * saved last is refused: what is missing may be one of them. Those that are no code do so once: an app that writes one at each start
 * would be started again by it, without end.
 *
 * @param tell told what came of each save.
 */
export async function watchApp(
  app: ServedApp,
  tell: (outcome: SaveOutcome) => void,
  plugins?: PluginSources,
): Promise<FileWatch> {
  let isRefused = false;
  /** Files beside that were tried since the last save of the app's own. */
  const tried = new Set<string>();
  const foldersOf = (): Set<string> =>
    new Set([...[...app.files].map((file) => dirname(file)), ...(plugins ? [plugins.folder] : [])]);
  const isPlugin = (path: string): boolean => plugins !== undefined && isWithin(path, plugins.folder);
  const watching: FileWatch = await watchFiles(
    foldersOf(),
    async (changed, noticedAt) => {
      const paths = [...changed];
      const isOwn = paths.some((path) => app.isMadeOf(path) || isPlugin(path));
      if (isOwn) tried.clear();
      const isHopeful = isRefused && paths.some((path) => CODE.test(path) || !tried.has(path));
      if (!isOwn && !isHopeful) return tell({ kind: 'beside', paths });
      if (!isOwn) for (const path of paths) tried.add(path);
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
