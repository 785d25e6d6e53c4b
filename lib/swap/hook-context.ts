import { isInAnyStart, isInHookOf, isInStartOf } from '../core/chain.js';
import { LiveswapError } from '../core/errors.js';
import { chainForPlugin } from '../dispatch/plugin-work.js';
import type { Version } from '../version/version.js';

/** Returns true when an `onActive` or `onYield` hook of a plugin may be waiting for the calling host code. */
export function isInHook(): boolean {
  return isInHookOf(chainForPlugin());
}

/** Returns true when an `onLoad` or `onInit` hook of one of these versions may be waiting for the calling host code. */
export function isInStart(versions: readonly Version[]): boolean {
  return isInStartOf(chainForPlugin(), versions);
}

/**
 * Returns the promise for a hook that requests a change. It rejects, because the change cannot end before the hook does and must
 * not be awaited there.
 */
export function notToBeAwaited(what: string): Promise<never> {
  const refused = Promise.reject(
    new LiveswapError(
      'RELOAD_FAILED',
      `The ${what} requested in a hook runs after the hooks: do not await it there, and let no method of the extension return its promise, which rejects in the plugin as well.`,
    ),
  );
  // A caller that correctly does not await it must not cause an unhandled rejection.
  refused.catch(() => {});
  return refused;
}

/** Returns the change. That nobody awaits it in a hook, where it is refused, must not end the host by an unhandled rejection. */
export function mayGoUnawaited<Result>(change: Promise<Result>): Promise<Result> {
  if (isInHook() || isInAnyStart(chainForPlugin())) change.catch(() => {});
  return change;
}
