import { isLiveswapError } from '../core/errors.js';

/** How a request is answered that no plugin has answered, over what. */
export function statusOf(cause: unknown): number {
  if (isLiveswapError(cause, 'THREAD_CRASHED')) return 502;
  if (isLiveswapError(cause, 'CALL_TIMEOUT')) return 504;
  return isLiveswapError(cause) ? 503 : 502;
}
