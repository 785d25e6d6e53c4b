import type { Swapper } from '../swap/swapper.js';
import { Watcher, type WatchOptions } from './watcher.js';

/**
 * Builds the plugins in `sources`, loads them, and does so again whenever one is saved: only what changed, once a burst of
 * saves. A bad edit is reported and the old version serves on. Never throws: what goes wrong is an event, and is logged.
 *
 * @example
 * const swapper = new Swapper('dist/plugins');
 * await using watcher = watch(swapper, { sources: ['plugins'] });
 * await watcher.ready;
 */
export function watch(swapper: Swapper, options: WatchOptions): Watcher {
  return new Watcher(swapper, options);
}
