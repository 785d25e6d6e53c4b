import type { Swapper } from '../swap/swapper.js';
import { Watcher, type WatchOptions } from './watcher.js';

/**
 * Builds the plugins in `sources`, loads them, and repeats this whenever one is saved: it builds only what changed, once per
 * burst of saves. A bad edit is reported and the old version serves on. Only wrong options throw; other failures are events, and
 * are logged.
 *
 * @throws LiveswapError `OPTION_INVALID` naming the option
 * @example
 * const swapper = new Swapper('dist/plugins');
 * await using watcher = watch(swapper, { sources: ['plugins'] });
 * await watcher.ready;
 */
export function watch(swapper: Swapper, options: WatchOptions): Watcher {
  return new Watcher(swapper, options);
}
