import { lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import { foldersAbove, isWithin, posixPath, relativePath } from '../core/paths.js';
import { performance } from '../core/timers.js';
import { watchFiles, type FileWatch } from '../files/watch-files.js';
import type { Details } from '../swap/details.js';
import type { ServedApp } from './serve-app.js';

/** Outcome of a save. */
export type SaveOutcome =
  | { readonly kind: 'swapped'; readonly details: Details; readonly ms: number }
  | { readonly kind: 'refused'; readonly error: unknown }
  /** No version is made from these files. */
  | { readonly kind: 'beside'; readonly paths: readonly string[] };

/** Sources of plugins beside an app. */
export interface PluginSources {
  /** Absolute path of their folder. */
  readonly folder: string;
  /**
   * Rebuilds the artifacts of the plugins that these files are part of.
   *
   * @throws LiveswapError `BUILD_FAILED` with findings
   */
  build(changed: Iterable<string>): Promise<void>;
}

/** Matches code: a failing app may be waiting for such a file, however often it is saved. */
const CODE = /\.[cm]?[jt]sx?$/;

/**
 * Reloads an app whenever one of its own files, or a plugin beside it, is saved. Other files in its folders count only while the
 * last save is refused, because one of them may be what is missing. A file that is not code counts only once: an app that writes
 * one at each start would otherwise be restarted for ever.
 *
 * @param tell receives the outcome of each save.
 */
export async function watchApp(
  app: ServedApp,
  tell: (outcome: SaveOutcome) => void,
  plugins?: PluginSources,
): Promise<FileWatch> {
  let isRefused = false;
  /** Other files that were tried since the last save of an own file. */
  const tried = new Set<string>();
  const placesOf = (): Set<string> =>
    new Set([
      ...[...app.files].map((file) => dirname(file)),
      ...app.grounds,
      ...(plugins ? [plugins.folder] : []),
    ]);
  const isPlugin = (path: string): boolean => plugins !== undefined && isWithin(path, plugins.folder);
  const watching: FileWatch = await watchFiles(
    placesOf(),
    async (changed, noticedAt) => {
      const paths = [...changed];
      const isOwn = paths.some((path) => app.isMadeOf(path) || isPlugin(path) || ledTo(app.files, path));
      if (isOwn) tried.clear();
      const isHopeful = isRefused && paths.some((path) => CODE.test(path) || !tried.has(path));
      if (!isOwn && !isHopeful) return tell({ kind: 'beside', paths });
      if (!isOwn) for (const path of paths) tried.add(path);
      try {
        if (plugins && (isRefused || paths.some(isPlugin))) await plugins.build(paths);
        const details = await app.reload();
        isRefused = false;
        tell({ kind: 'swapped', details, ms: performance.now() - noticedAt });
        // The app may now have files in other folders, by another tsconfig.json.
        await watching.add(placesOf());
      } catch (error) {
        isRefused = true;
        tell({ kind: 'refused', error });
      }
    },
    (error) => tell({ kind: 'refused', error }),
  );
  app.onFileAdded(() => void watching.add(placesOf()));
  return watching;
}

/**
 * Returns whether a path below a symbolic link may have led to one of the app's files, which are known by their real paths: the link
 * may lead elsewhere now.
 */
function ledTo(files: ReadonlySet<string>, path: string): boolean {
  if (isLink(path)) return CODE.test(path);
  const link = foldersAbove(path).find(isLink);
  if (link === undefined) return false;
  const rest = `/${relativePath(link, path)}`;
  return [...files].some((file) => posixPath(file).endsWith(rest));
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}
