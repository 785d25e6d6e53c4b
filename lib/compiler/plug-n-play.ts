import { LiveswapError } from '../core/errors.js';
import { isPlugNPlay } from '../core/plug-n-play.js';

/**
 * Refuses to build under Yarn's Plug'n'Play, which keeps packages in archives where the compiler finds no types. Artifacts that
 * were built elsewhere run there.
 *
 * @throws LiveswapError `BUILD_FAILED`
 */
export function refusePlugNPlay(isOn = isPlugNPlay): void {
  if (!isOn) return;
  const message =
    "Cannot build under Yarn's Plug'n'Play: the packages are in archives, where the compiler finds no types. " +
    'Set `nodeLinker: node-modules` (or `pnpm`) in .yarnrc.yml, then run `yarn install`.';
  throw new LiveswapError('BUILD_FAILED', message);
}
