import { AsyncLocalStorage } from 'node:async_hooks';
import type { Chain } from '../core/chain.js';
import { LiveswapError } from '../core/errors.js';

/** What the host's own code runs in while `onActive` or `onYield` of a plugin waits for it. */
const inHook = new AsyncLocalStorage<true>();

/** Runs what a plugin has called, so that it is known when one of those hooks waits for it. */
export function inHookOf<T>(chain: Chain, run: () => T): T {
  return chain.some((tag) => tag.endsWith(' hook')) ? inHook.run(true, run) : run();
}

/** Whether a hook may be waiting for the code that asks. */
export function isInHook(): boolean {
  return inHook.getStore() === true;
}

/** What a hook gets that asks for a change, which cannot end before the hook does: to be waited for nowhere in it. */
export function notToBeAwaited(what: string): Promise<never> {
  const refused = Promise.reject(
    new LiveswapError(
      'RELOAD_FAILED',
      `The ${what} that was asked for in onActive or onYield runs when they are over: do not await it there.`,
    ),
  );
  // Whoever does not wait for it, as is right, must not be ended by it.
  refused.catch(() => {});
  return refused;
}
