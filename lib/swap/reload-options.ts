import { areStrings, isBoolean, isFunction, type Checks } from '../core/check-options.js';
import type { OnReload } from './options.js';

/** Options of `swapper.reload()`. */
export interface ReloadOptions {
  /** Called after the swapper's option of that name; throws to veto. Default: none. */
  readonly onReload?: OnReload | undefined;
  /**
   * Restarts plugins without new bytes: all, or those named. For example, for packages that were left out of the artifacts and
   * have been updated. A plugin that is not reloadable stays as it is. Default: none.
   */
  readonly force?: boolean | readonly string[] | undefined;
  /** `'drop'`: state kept by plugins is not moved but created anew with `create`. Default: it moves. */
  readonly kept?: 'drop' | undefined;
}

export const reloadChecks: Checks<ReloadOptions> = {
  onReload: ['a function', isFunction],
  kept: ["'drop'", (value) => value === 'drop'],
  force: ['true, false or a list of plugin names', (value) => isBoolean(value) || areStrings(value)],
};
