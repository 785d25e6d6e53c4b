import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Runs something outside of every async context, as it was when this module was loaded. What lives longer than a call, such as a
 * port, a thread or a timer, keeps the context it is made in: what it does later would be taken for part of that request.
 */
export const outsideContext: <Result>(run: () => Result) => Result = AsyncLocalStorage.snapshot();
