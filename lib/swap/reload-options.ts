import { areStrings, isBoolean, isFunction, type Checks } from '../core/check-options.js';
import type { OnReload } from './options.js';

/** Options of `swapper.reload()`. */
export interface ReloadOptions {
  /** Asked after the option of the swapper: throws to veto. */
  readonly onReload?: OnReload | undefined;
  /**
   * Starts plugins afresh that have no new bytes: all, or those that are named. For packages that stayed outside of the
   * artifacts and were updated, for example. A plugin that is not reloadable stays as it is.
   */
  readonly force?: boolean | readonly string[] | undefined;
  /** `'drop'`: what plugins keep is not moved, but begins with `create`. */
  readonly kept?: 'drop' | undefined;
}

export const reloadChecks: Checks<ReloadOptions> = {
  onReload: ['a function', isFunction],
  kept: ["'drop'", (value) => value === 'drop'],
  force: ['true, false or a list of plugin names', (value) => isBoolean(value) || areStrings(value)],
};
