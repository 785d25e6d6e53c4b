import type { LiveswapError } from '../core/errors.js';
import type { Call } from './call.js';

/** Takes a call in place of this balancer. Throws when nobody can take it. */
export type Dispatch = (call: Call) => void;

/** Follows what waits behind a closed gate. */
export interface Gatekeeper {
  /** Called for each call that waits. */
  held(call: Call): void;
  /** Called when the gate is open. */
  opened(): void;
}

/** Decides which calls of a balancer go elsewhere, are refused, or have to wait. */
export class Admission {
  /** Takes every call, pinned ones included, because nothing is sent here any more. */
  successor: Dispatch | undefined;
  /** Takes the calls that may go to a newer version. */
  newer: Dispatch | undefined;
  /** Reason why calls are refused. */
  refusal: LiveswapError | undefined;
  /** Returns the reason why a call must not wait for a thread: whoever puts one in place waits for the call. */
  stranded: ((call: Call) => LiveswapError | undefined) | undefined;
  #gate: ((call: Call) => boolean) | undefined;
  #gatekeeper: Gatekeeper | undefined;

  get isGated(): boolean {
    return this.#gate !== undefined;
  }

  /** Returns the taker of a call that goes elsewhere. */
  elsewhere({ pinned }: Pick<Call, 'pinned'>): Dispatch | undefined {
    return this.successor ?? (pinned ? undefined : this.newer);
  }

  /** Makes calls wait, except those that `admits` lets in; `gatekeeper` is told of each that does, those in `waiting` included. */
  closeGate(
    admits: (call: Call) => boolean,
    gatekeeper: Gatekeeper | undefined,
    waiting: Iterable<Call>,
  ): void {
    this.#gate = admits;
    this.#gatekeeper = gatekeeper;
    if (gatekeeper) for (const call of waiting) if (!admits(call)) gatekeeper.held(call);
  }

  openGate(): void {
    this.#gate = undefined;
    this.#gatekeeper?.opened();
    this.#gatekeeper = undefined;
  }

  letsIn(call: Call): boolean {
    return this.#gate === undefined || this.#gate(call);
  }

  /** Tells the gatekeeper of a call that waits now. */
  held(call: Call): void {
    this.#gatekeeper?.held(call);
  }
}
