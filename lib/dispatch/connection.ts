import { withChain } from '../core/chain.js';
import type { LiveswapError } from '../core/errors.js';
import { IdMap } from '../core/id-map.js';
import { Waiters } from '../core/waiters.js';
import type { Call, CallBearer, CallState } from './call.js';

/** Takes calls to the place where they are answered, such as a link to a thread. */
export interface Transport {
  /** Sends a call and returns its id; exactly one of `reply`'s functions is called, once. */
  send(
    scope: number,
    name: string,
    args: readonly unknown[],
    transfer: readonly unknown[],
    reply: Call,
  ): number;
  /** Tells the other side that nobody waits for call `id` any more. */
  abort(id: number, reason: LiveswapError): void;
}

/** The owner of a connection, which decides how an answer is handled. */
export interface ConnectionOwner {
  /** Called when the other side has answered something, whatever it was. */
  onHeard(connection: Connection): void;
  onResolved(call: Call, value: unknown): void;
  onRejected(connection: Connection, call: Call, error: unknown): void;
}

/** One connection to a version: it counts its calls, from sending to the transport's answer. */
export class Connection implements CallBearer {
  /** Index of the thread behind the connection. */
  readonly index: number;
  /** The only calls that the connection takes, as long as there is no other connection; `undefined` when it takes any. */
  admits: ((call: Call) => boolean) | undefined;
  /** Number of answers that the owner had received, from all connections, when this one was last heard of. */
  heardAt = 0;
  /** True while the other side has work and answers nothing, not even a probe: it computes. */
  isSilent = false;
  readonly #transport: Transport;
  readonly #owner: ConnectionOwner;
  /** The pending calls by their numbers. */
  readonly #pending = new IdMap<Call>();
  /** Number of pending calls whose caller has given up. */
  #abandoned = 0;
  /** The state of all calls on this connection. */
  readonly sending: Extract<CallState, { readonly kind: 'sent' }>;
  #sent = 0;
  readonly #quietWaiters = new Waiters();

  constructor(index: number, transport: Transport, owner: ConnectionOwner) {
    this.index = index;
    this.#transport = transport;
    this.#owner = owner;
    this.sending = { kind: 'sent', bearer: this };
  }

  /** Number of calls without an answer, including those whose caller has given up. */
  get pending(): number {
    return this.#pending.size;
  }

  /** The pending calls, in the order in which they were made. */
  get calls(): readonly Call[] {
    return this.#pending.values();
  }

  /** Returns whether `isMeant` holds for a pending call. */
  hasPending(isMeant: (call: Call) => boolean): boolean {
    return this.#pending.some(isMeant);
  }

  /** Number of calls ever sent. */
  get sent(): number {
    return this.#sent;
  }

  /** `performance.now()` when the first caller gave up, among the calls that are still pending. */
  get abandonedSince(): number | undefined {
    if (this.#abandoned === 0) return undefined;
    return this.calls.reduce(
      (first, { state }) => (state.kind === 'givenUp' ? Math.min(first, state.since) : first),
      Infinity,
    );
  }

  /** Resolves when nothing is pending but calls whose caller has given up, or for which `isMeant` does not hold. */
  async whenQuiet(isMeant?: (call: Call) => boolean): Promise<void> {
    while (!this.isQuiet(isMeant)) await this.#quietWaiters.wait();
  }

  /** See {@link whenQuiet}. */
  isQuiet(isMeant?: (call: Call) => boolean): boolean {
    if (this.#pending.size === this.#abandoned) return true;
    return isMeant !== undefined && !this.hasPending((call) => !call.answered && isMeant(call));
  }

  /** Sends a call, whose state is already {@link sending}. */
  send(call: Call): void {
    this.#sent++;
    call.trace?.sent(this.index);
    this.#pending.set(call.number, call);
    // The call may be given up before it gets an id here, while it still has one from another connection.
    call.id = 0;
    const { scope, name } = withChain(call.scope, call.name, call.chain);
    const id = this.#transport.send(scope, name, call.takeArguments(), call.transfer, call);
    // The call may have been refused, and sent elsewhere, meanwhile.
    if (!this.#pending.get(call.number)) return;
    call.id = id;
    // A getter of an argument may have aborted the call's own signal, when there was no id yet to abort it by.
    if (call.state.kind === 'givenUp') this.#transport.abort(id, call.state.reason);
  }

  abandon(call: Call, reason: LiveswapError): void {
    if (!this.#pending.get(call.number)) return;
    this.#abandoned++;
    this.#transport.abort(call.id, reason);
    this.#quietWaiters.release();
  }

  resolved(call: Call, value: unknown): void {
    this.#discount(call);
    this.#owner.onResolved(call, value);
  }

  rejected(call: Call, error: unknown): void {
    this.#discount(call);
    this.#owner.onRejected(this, call, error);
  }

  #discount(call: Call): void {
    // What the owner does next may make the caller give up, who is counted no more by then.
    if (this.#pending.take(call.number) && call.state.kind === 'givenUp') this.#abandoned--;
    this.#owner.onHeard(this);
    this.#quietWaiters.release();
  }
}
