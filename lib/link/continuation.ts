import { executionAsyncId, executionAsyncResource } from 'node:async_hooks';
import { types } from 'node:util';

/** True where the platform gives promises ids, as AsyncLocalStorage makes it do before Node 24. */
let promisesHaveIds = false;

const notice = (): void => {
  promisesHaveIds = executionAsyncId() !== 0;
};

/**
 * Returns whether the running code continues after a promise, as the code of a loop does that awaits each call: the platform
 * knows no event for it. What an event of a socket or a timer has begun has one.
 */
export function isContinuation(): boolean {
  // Looking for the resource costs 0.5 µs, the id next to nothing.
  return executionAsyncId() === 0 || (promisesHaveIds && types.isPromise(executionAsyncResource()));
}

/** Looks whether the platform gives promises ids, which can begin at any time. */
export function notePromises(): void {
  void Promise.resolve().then(notice);
}

notePromises();
