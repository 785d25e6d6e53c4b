import { captureContext, type RunInContext } from '../core/async-context.js';
import type { Received } from './peer.js';

/** A call of the other side that is being answered here. Its signal is made only when somebody asks for it. */
export class IncomingCall {
  readonly name: string;
  /** The number of the call on its link; 0 for one that came in another way. */
  readonly id: number;
  /**
   * Values that came with the call, kept until it is answered: the plugin may wait for something that is only reachable through
   * them.
   */
  received: Received | undefined;
  #controller: AbortController | undefined;
  /** Runs something in the context where the signal was asked for, so that its listeners find their call. */
  #inContext: RunInContext | undefined;
  #aborted: { readonly reason: unknown } | undefined;
  #answered = false;

  constructor(name: string, id = 0, received?: Received) {
    this.name = name;
    this.id = id;
    this.received = received;
  }

  /** True when the other side has its answer, or knows that there will be none. */
  get answered(): boolean {
    return this.#answered;
  }

  /** Aborted when the caller gave up, or is gone. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      this.#inContext = captureContext();
      if (this.#aborted) this.#controller.abort(this.#aborted.reason);
    }
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    this.#aborted ??= { reason };
    this.#inContext?.(() => this.#controller?.abort(reason));
  }

  /**
   * Marks the call as answered. Lets go of the values that came with it, unless they are `kept` for something that is still
   * open.
   */
  settle(kept = false): void {
    this.#answered = true;
    if (!kept) this.received?.release();
    this.received = undefined;
  }
}
