import { checkOptions, duration, isDuration, isFunction, type Check } from '../core/check-options.js';
import { isTimeable, LONGEST_DELAY_MS } from '../core/deadline.js';
import type { Logger } from '../core/logger.js';
import { ownModule } from '../core/own-build.js';
import type { ArtifactWatcher, ArtifactWatchOptions } from '../files/artifact-watcher.js';
import type { Details } from './details.js';
import type { Lifetime } from './lifetime.js';
import type { PluginFolder } from './plugin-folder.js';
import { whenRoom } from './when-room.js';

/** Dependencies of {@link watchFolder}. */
export interface WatchFolderDeps {
  readonly folder: PluginFolder;
  readonly lifetime: Lifetime;
  readonly logger: Logger;
  /** Loads what is in the folder, or reloads it. */
  readonly renew: (data: unknown) => Promise<Details>;
  /** Calls `listener` when the swapper is closed; returns a function that unsubscribes. */
  readonly onClosed: (listener: () => void) => () => void;
}

const wait: Check = [
  `a number of milliseconds, 0 to ${LONGEST_DELAY_MS}`,
  (value) => isDuration(value) && isTimeable(value as number),
];

/** Reloads `swapper` whenever a deploy changes its plugin folder. @throws LiveswapError `CLOSED`, `OPTION_INVALID` */
export async function watchFolder(
  swapper: object,
  options: ArtifactWatchOptions,
  { folder, lifetime, logger, renew, onClosed }: WatchFolderDeps,
): Promise<ArtifactWatcher> {
  checkOptions(options, { data: ['a function', isFunction], settleMs: wait, wholeMs: duration });
  // A host that does not watch does not load chokidar.
  const { watchArtifacts } = await ownModule(import('../files/watch-artifacts.js'));
  // The swapper may have been closed in the meantime.
  lifetime.check();
  const { data, settleMs = 1000, wholeMs = 5000 } = options;
  return watchArtifacts(folder.path, {
    settleMs,
    wholeMs,
    logger,
    reload: () => whenRoom(swapper, () => renew(data?.())),
    onClosed,
    onMoved: (listener) => folder.onMoved(listener),
  });
}
