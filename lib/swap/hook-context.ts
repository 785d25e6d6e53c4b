import { isInHookOf } from '../core/chain.js';
import { LiveswapError } from '../core/errors.js';
import { chainForPlugin } from '../dispatch/plugin-work.js';

/** Returns true when an `onActive` or `onYield` hook of a plugin may be waiting for the calling host code. */
export function isInHook(): boolean {
  return isInHookOf(chainForPlugin());
}

/**
 * Returns the promise for a hook that requests a change. It rejects, because the change cannot end before the hook does and must
 * not be awaited there.
 */
export function notToBeAwaited(what: string): Promise<never> {
  const refused = Promise.reject(
    new LiveswapError(
      'RELOAD_FAILED',
      `The ${what} requested in onActive or onYield runs after these hooks: do not await it there, and let no method of the extension return its promise, which rejects in the plugin as well.`,
    ),
  );
  // A caller that correctly does not await it must not cause an unhandled rejection.
  refused.catch(() => {});
  return refused;
}

/** Returns the change. That nobody awaits it in a hook, where it is refused, must not end the host by an unhandled rejection. */
export function mayGoUnawaited<Result>(change: Promise<Result>): Promise<Result> {
  if (isInHook()) change.catch(() => {});
  return change;
}
