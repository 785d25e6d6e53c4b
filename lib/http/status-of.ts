import { isLiveswapError } from '../core/errors.js';

/** Returns the status for a request that no plugin has answered, by the reason. */
export function statusOf(cause: unknown): number {
  if (isLiveswapError(cause, 'THREAD_CRASHED')) return 502;
  if (isLiveswapError(cause, 'CALL_TIMEOUT')) return 504;
  return isLiveswapError(cause) ? 503 : 502;
}
