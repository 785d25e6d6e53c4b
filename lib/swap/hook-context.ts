import { AsyncLocalStorage } from 'node:async_hooks';
import type { Chain } from '../core/chain.js';
import { LiveswapError } from '../core/errors.js';

/** Async context of the host's own code while a plugin's `onActive` or `onYield` hook waits for it. */
const inHook = new AsyncLocalStorage<true>();

/** Runs host code that a plugin has called, and marks it when one of those hooks waits for it. */
export function inHookOf<T>(chain: Chain, run: () => T): T {
  return chain.some((tag) => tag.endsWith(' hook')) ? inHook.run(true, run) : run();
}

/** Returns true when a hook may be waiting for the calling code. */
export function isInHook(): boolean {
  return inHook.getStore() === true;
}

/**
 * Returns the promise for a hook that requests a change. It rejects, because the change cannot end before the hook does and must
 * not be awaited there.
 */
export function notToBeAwaited(what: string): Promise<never> {
  const refused = Promise.reject(
    new LiveswapError(
      'RELOAD_FAILED',
      `The ${what} that was asked for in onActive or onYield runs when they are over: do not await it there.`,
    ),
  );
  // A caller that correctly does not await it must not cause an unhandled rejection.
  refused.catch(() => {});
  return refused;
}
