import { AsyncResource } from 'node:async_hooks';

/** Runs something in an async context. */
export type RunInContext = <Result>(run: () => Result) => Result;

/**
 * Returns a function that runs something later in the current context. `AsyncLocalStorage.snapshot()` does the same, ten times
 * slower on Node 20.
 */
export function captureContext(): RunInContext {
  const resource = new AsyncResource('liveswap');
  return (run) => resource.runInAsyncScope(run);
}

/**
 * Runs something outside of every async context, as it was when this module was loaded. Objects that outlive a call, such as a
 * port, a thread or a timer, keep the context in which they are made: their later work would be taken for part of that request.
 */
export const outsideContext: RunInContext = captureContext();
