import { isLiveswapError } from '../core/errors.js';

/** Statuses of requests that no handler has answered. */
export interface Statuses {
  /** The handler threw; 500. */
  readonly failed: number;
  /** Requests whose thread died before the answer began; 502. */
  readonly crashed: number;
  /** The deadline, `timeoutMs`, passed; 504. */
  readonly late: number;
  /** Too many requests wait; 503, with `retry-after`. */
  readonly full: number;
  /** Nothing is loaded, or no plugin with `http`; 503. */
  readonly missing: number;
}

export const defaultStatuses: Statuses = { failed: 500, crashed: 502, late: 504, full: 503, missing: 503 };

/** Returns the headers that say when to ask again, if that is known. */
export function retryHeaders(cause: unknown): Record<string, string> {
  if (isLiveswapError(cause, 'QUEUE_FULL')) return { 'retry-after': '1' };
  if (!isLiveswapError(cause, 'VERSION_FAILED') || cause.retryAfterMs === undefined) return {};
  return { 'retry-after': String(Math.ceil(cause.retryAfterMs / 1_000)) };
}

/** Returns the status for a request that no plugin has answered, depending on the reason. */
export function statusOf(cause: unknown, { crashed, late, full, missing }: Statuses): number {
  if (isLiveswapError(cause, 'CALL_TIMEOUT')) return late;
  if (isLiveswapError(cause, 'QUEUE_FULL')) return full;
  return isLiveswapError(cause) && cause.code !== 'THREAD_CRASHED' ? missing : crashed;
}
