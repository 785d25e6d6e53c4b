import type { Call, CopyArguments } from './call.js';
import type { Probe } from './lookout.js';
import type { Home } from './waiting-calls.js';

/** Limits for calls. */
export interface CallLimits {
  /** Pending calls per connection; further ones wait in the queue, except nested ones. */
  readonly concurrency: number;
  /** Calls that may wait, or may be sent beyond `concurrency`; further ones are refused with `QUEUE_FULL`. */
  readonly maxQueued: number;
}

/** Limits and callbacks for the calls of a version. */
export interface BalancerOptions extends CallLimits {
  /** Named in errors. */
  readonly plugin: string;
  /** Copies the arguments of calls that wait, and of those that may be sent again. */
  readonly copyArguments: CopyArguments;
  /** Finds the only thread that a call may go to. Without it, any call may go to any thread. */
  readonly homeOf?: ((call: Call) => Home) | undefined;
  /**
   * Asks the other side of a connection to respond: resolves when it does. Without a probe, no connection is ever suspected to be
   * stuck.
   */
  readonly probe?: Probe;
  /** Called for every settled call, even for one that was never sent. `failed` is also true for an abandoned call. */
  readonly onSettled?: (call: Call, failed: boolean) => void;
}
