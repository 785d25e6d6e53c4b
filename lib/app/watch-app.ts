import { dirname } from 'node:path';
import { watchFiles, type FileWatch } from '../files/watch-files.js';
import type { Details } from '../swap/details.js';
import type { ServedApp } from './serve-app.js';

/** What came of a save. */
export type SaveOutcome =
  | { readonly kind: 'swapped'; readonly details: Details; readonly ms: number }
  | { readonly kind: 'refused'; readonly error: unknown };

/**
 * Reloads an app whenever one of its own files is saved. Other files of its folders, such as those it writes itself, count only while
 * what was saved last is refused: what is missing may be one of them.
 *
 * @param tell told what came of each save.
 */
export function watchApp(app: ServedApp, tell: (outcome: SaveOutcome) => void): Promise<FileWatch> {
  let isRefused = false;
  const folders = new Set([...app.files].map((file) => dirname(file)));
  return watchFiles(
    folders,
    async (changed, noticedAt) => {
      if (!isRefused && ![...changed].some((path) => app.files.has(path))) return;
      try {
        const details = await app.reload();
        isRefused = false;
        tell({ kind: 'swapped', details, ms: performance.now() - noticedAt });
      } catch (error) {
        isRefused = true;
        tell({ kind: 'refused', error });
      }
    },
    (error) => tell({ kind: 'refused', error }),
  );
}
