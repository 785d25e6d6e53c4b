import type { LiveswapError } from '../core/errors.js';
import type { Call } from './call.js';

/** Takes a call that is not sent here. */
export type Dispatch = (call: Call) => void;

/** Says of the calls that come to a balancer which go elsewhere, which are refused and which have to wait. */
export class Admission {
  /** Takes every call, pinned ones included: nothing is sent here any more. */
  successor: Dispatch | undefined;
  /** Takes the calls that may go to a newer version. */
  newer: Dispatch | undefined;
  /** Reason why calls are refused. */
  refusal: LiveswapError | undefined;
  /** Lets calls in while the gate is closed. */
  gate: ((call: Call) => boolean) | undefined;

  /** Returns what takes a call that is not for here. */
  elsewhere({ pinned }: Pick<Call, 'pinned'>): Dispatch | undefined {
    return this.successor ?? (pinned ? undefined : this.newer);
  }

  letsIn(call: Call): boolean {
    return this.gate === undefined || this.gate(call);
  }
}
