import { AsyncResource } from 'node:async_hooks';

/** Runs something in an async context. */
export type RunInContext = <Result>(run: () => Result) => Result;

/** What runs something later in the context of now. `AsyncLocalStorage.snapshot()` does the same, ten times slower on Node 20. */
export function captureContext(): RunInContext {
  const resource = new AsyncResource('liveswap');
  return (run) => resource.runInAsyncScope(run);
}

/**
 * Runs something outside of every async context, as it was when this module was loaded. What lives longer than a call, such as a
 * port, a thread or a timer, keeps the context it is made in: what it does later would be taken for part of that request.
 */
export const outsideContext: RunInContext = captureContext();
