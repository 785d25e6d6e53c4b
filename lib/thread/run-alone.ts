import { AsyncLocalStorage } from 'node:async_hooks';
import { captureContext, outsideContext } from '../core/async-context.js';

/** True where what a scope enters ends with it, as since Node 24. Before, the resource of the scope keeps it. */
const scopesEnd = ((): boolean => {
  const storage = new AsyncLocalStorage<true>();
  const scope = captureContext();
  scope(() => storage.enterWith(true));
  const ends = scope(() => storage.getStore() === undefined);
  storage.disable();
  return ends;
})();

/**
 * Runs something with `store` in `storage`. Since Node 24, that is outside of every other async context: `run()` of the platform
 * copies all contexts on the way in and again on the way out (a call of an async function takes 400 ns with it, and 210 so).
 */
export const runAlone: <Store, Result>(
  storage: AsyncLocalStorage<Store>,
  store: Store,
  run: () => Result,
) => Result = scopesEnd
  ? (storage, store, run) =>
      outsideContext(() => {
        storage.enterWith(store);
        return run();
      })
  : (storage, store, run) => storage.run(store, run);
