import type { Carrier } from '../core/carrier.js';
import type { Chain } from '../core/chain.js';
import type { CallTrace } from '../core/tracing.js';

/** Options of a call besides its arguments. */
export interface CallOptions {
  /** Gives up when aborted: the call rejects `CALL_ABORTED` at once, with the signal's reason as cause. Default: none. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Gives up after this many milliseconds: the call rejects `CALL_TIMEOUT`. Infinity means never. Default: the swapper's
   * `callTimeoutMs`.
   */
  readonly timeoutMs?: number | undefined;
  /**
   * A map of strings, at most 8 KB, that the call carries to all that is called on its behalf: `context.call.carrier`. It wins
   * over the map that the swapper's option `carrier` returns, which is the default.
   */
  readonly carrier?: Carrier | undefined;
  /**
   * Buffers, ports and streams that are moved instead of copied. A call that moves something is never retried. Default: none.
   */
  readonly transfer?: readonly unknown[] | undefined;
}

/** A call as its caller requests it. */
export interface CallRequest {
  readonly scope: number;
  readonly name: string;
  readonly args: readonly unknown[];
  readonly options?: CallOptions | undefined;
  /** Deadline of the plugin, in milliseconds, for a call without one of its own. */
  readonly callTimeoutMs?: number;
  /**
   * True when a plugin makes the call, perhaps inside a running call: it must not queue behind `concurrency`, or it could wait
   * for its own caller.
   */
  readonly nested?: boolean;
  /** Follows the call, where calls are traced. */
  readonly trace?: CallTrace | undefined;
  /** The chain on whose behalf the call is made. */
  readonly chain?: Chain | undefined;
  /** Returns what the caller is told instead of an error. It runs in the wait of the caller, whose stack it therefore sees. */
  readonly explain?: Explain | undefined;
  /** Receives, and handles, a promise that settles as the caller's does: with that one, no rejection would count as unhandled. */
  readonly during?: ((told: Promise<void>) => void) | undefined;
}

export type Explain = (error: unknown) => unknown;

/** The deadline of a call, and the option that sets it. */
export interface Deadline {
  readonly ms: number;
  readonly option: 'timeoutMs' | 'callTimeoutMs';
}

/** Returns the deadline of a call: its own, or its plugin's. */
export function deadlineOf({ options, callTimeoutMs }: CallRequest): Deadline | undefined {
  if (options?.timeoutMs !== undefined) return { ms: options.timeoutMs, option: 'timeoutMs' };
  return callTimeoutMs === undefined ? undefined : { ms: callTimeoutMs, option: 'callTimeoutMs' };
}
