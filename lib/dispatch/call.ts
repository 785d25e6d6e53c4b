import type { Chain } from '../core/chain.js';
import type { CallTrace } from '../core/tracing.js';
import { isTimeable } from '../core/deadline.js';
import { discard } from '../core/discard.js';
import type { LiveswapError } from '../core/errors.js';
import { onAbort } from '../core/on-abort.js';
import type { Moves } from '../core/state-machine.js';
import { performance } from '../core/timers.js';
import { callAborted, callTimedOut } from './call-errors.js';
import { deadlineOf, type CallRequest, type Deadline, type Explain } from './call-request.js';
import { chainForPlugin, isForPlugin } from './plugin-work.js';

/** A queue in which a call waits. */
export interface CallQueue {
  /** Removes a call whose caller has given up. */
  leave(call: Call): void;
}

/** Bears a call from sending it to the answer. */
export interface CallBearer {
  resolved(call: Call, value: unknown): void;
  rejected(call: Call, error: unknown): void;
  /** Called when the caller has given up: the other side is told, and the call goes on to its end. */
  abandon(call: Call, reason: LiveswapError): void;
}

/**
 * The life of a call. All calls in the same state share one object, so none is allocated on the way. `settled` is the end for the
 * caller; the bearer of a `givenUp` call still waits for its answer.
 */
export type CallState =
  | { readonly kind: 'made' }
  | { readonly kind: 'waiting'; readonly queue: CallQueue }
  | { readonly kind: 'sent'; readonly bearer: CallBearer }
  /** `since` is `performance.now()` when the caller gave up, for `reason`. */
  | {
      readonly kind: 'givenUp';
      readonly bearer: CallBearer;
      readonly since: number;
      readonly reason: LiveswapError;
    }
  | { readonly kind: 'settled' };

/**
 * The legal moves of a call. A call that waits may go to another queue, and one whose thread died is sent again or waits. No move
 * looks them up: that would take 60 to 100 of the 300 ns that the host's own part of a call takes. A test checks the calls of a
 * busy balancer against this table.
 */
export const callMoves: Moves<CallState['kind']> = {
  made: ['waiting', 'sent', 'settled'],
  waiting: ['waiting', 'sent', 'settled'],
  sent: ['sent', 'waiting', 'givenUp', 'settled'],
  givenUp: ['settled'],
  settled: [],
};

/** Copies arguments, except moved values and those with an identity, so that later changes of them are not seen. */
export type CopyArguments = (args: readonly unknown[], transfer: readonly unknown[]) => readonly unknown[];

const nothing: readonly unknown[] = [];
const made: CallState = { kind: 'made' };
const settled: CallState = { kind: 'settled' };

let lastNumber = 0;

/** A call and its caller, who gets exactly one answer. */
export class Call {
  /** Calls are numbered in the order in which they are made. */
  readonly number = ++lastNumber;
  readonly scope: number;
  readonly name: string;
  readonly transfer: readonly unknown[];
  readonly nested: boolean;
  readonly chain: Chain;
  readonly trace: CallTrace | undefined;
  /** `performance.now()` when the call was made. */
  readonly madeAt = performance.now();
  readonly promise: Promise<unknown>;
  /** The id of the call where it was sent to. */
  id = 0;
  #args: readonly unknown[];
  #isCopied = false;
  #pinned: boolean;
  #retries: number;
  #state = made;
  readonly #explain: Explain | undefined;
  /** Settles what those who follow the call wait for. */
  #tell: { resolve(): void; reject(error: unknown): void } | undefined;
  #resolve!: (value: unknown) => void;
  #reject!: (error: unknown) => void;
  #stopWatching: (() => void) | undefined;

  /**
   * `retries` is how often the call may be sent again when its thread dies; a `pinned` call may only be answered by the version
   * it is made for.
   */
  constructor(request: CallRequest, retries = 0, pinned = false) {
    const { scope, name, args, options } = request;
    const { nested = isForPlugin(), chain = chainForPlugin() } = request;
    this.scope = scope;
    this.name = name;
    this.#args = args;
    this.#pinned = pinned;
    this.nested = nested;
    this.chain = chain;
    this.trace = request.trace;
    this.transfer = options?.transfer ?? nothing;
    this.#retries = this.transfer.length === 0 ? retries : 0;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#explain = request.explain;
    if (request.trace || request.during) this.#announce(request);
    const deadline = deadlineOf(request);
    if (options?.signal || deadline) this.#watch(options?.signal, deadline);
  }

  /** True when only the version that has the call may answer it. */
  get pinned(): boolean {
    return this.#pinned;
  }

  /** Pins the call: from now on, only the version that is given it may answer it. */
  pin(): void {
    this.#pinned = true;
  }

  /** The arguments; none once they were sent and are not needed again. */
  get args(): readonly unknown[] {
    return this.#args;
  }

  get state(): CallState {
    return this.#state;
  }

  /** True when the caller has its answer, or has given up. */
  get answered(): boolean {
    return this.#state.kind === 'settled' || this.#state.kind === 'givenUp';
  }

  /**
   * Moves the call to a state: from now on it is sent, or waits. A waiting call sees no change of its arguments.
   * Returns false when its caller has given up: a getter of an argument may abort the call's own signal.
   *
   * @throws the error of `copy`
   */
  move(state: Extract<CallState, { readonly kind: 'waiting' | 'sent' }>, copy: CopyArguments): boolean {
    const isKept = state.kind === 'waiting' || this.#retries > 0;
    if (isKept && !this.#isCopied) {
      this.#args = copy(this.#args, this.transfer);
      this.#isCopied = true;
    }
    if (this.answered) return false;
    this.#state = state;
    return true;
  }

  /** Returns the arguments for sending. They are released, unless they may have to be sent again. */
  takeArguments(): readonly unknown[] {
    const args = this.#args;
    if (this.#retries === 0) this.#args = nothing;
    return args;
  }

  /** Returns whether the call may be sent again. */
  get mayRetry(): boolean {
    return this.#retries > 0 && !this.answered;
  }

  /** Uses up one retry. Returns whether the call may be sent again. */
  takeRetry(): boolean {
    if (!this.mayRetry) return false;
    this.#retries--;
    return true;
  }

  /** Receives the other side's answer. */
  resolve(value: unknown): void {
    if (this.#state.kind === 'sent' || this.#state.kind === 'givenUp')
      this.#state.bearer.resolved(this, value);
  }

  /** Receives the other side's refusal, or the reason why there will be no answer. */
  reject(error: unknown): void {
    if (this.#state.kind === 'sent' || this.#state.kind === 'givenUp')
      this.#state.bearer.rejected(this, error);
  }

  /** Gives the caller its answer, if it still waits. */
  succeed(value: unknown): void {
    // Nobody waits any more: open streams or iterators behind the value must not keep its version alive.
    if (this.answered) discard(value);
    else {
      this.#resolve(value);
      this.#tell?.resolve();
    }
    if (this.#state.kind !== 'settled') this.#settle(settled);
  }

  /** Tells the caller that there will be no answer. */
  fail(error: unknown): void {
    if (!this.answered) this.#refuse(error);
    if (this.#state.kind !== 'settled') this.#settle(settled);
  }

  /** Tells the trace and `during` when the caller is told. */
  #announce({ trace, during }: CallRequest): void {
    const told = new Promise<void>((resolve, reject) => (this.#tell = { resolve, reject }));
    during?.(told);
    if (trace)
      told.then(
        () => trace.end(),
        (error: unknown) => trace.end(error),
      );
  }

  #refuse(error: unknown): void {
    if (this.#explain) this.#resolve(explained(this.#explain, error));
    else this.#reject(error);
    this.#tell?.reject(error);
  }

  #settle(state: CallState): void {
    this.#state = state;
    this.#args = nothing;
    this.#stopWatching?.();
    this.#stopWatching = undefined;
  }

  #watch(signal: AbortSignal | undefined, deadline: Deadline | undefined): void {
    if (signal?.aborted) return this.#giveUp(callAborted(this.name, signal.reason));
    const stopListening = signal && onAbort(signal, (reason) => this.#giveUp(callAborted(this.name, reason)));
    const timer =
      deadline && isTimeable(deadline.ms)
        ? setTimeout(() => this.#giveUp(callTimedOut(this.name, deadline)), deadline.ms)
        : undefined;
    this.#stopWatching = () => {
      clearTimeout(timer);
      stopListening?.();
    };
  }

  #giveUp(error: LiveswapError): void {
    const state = this.#state;
    this.#refuse(error);
    switch (state.kind) {
      case 'sent':
        this.#settle({ kind: 'givenUp', bearer: state.bearer, since: performance.now(), reason: error });
        return state.bearer.abandon(this, error);
      case 'waiting':
        this.#settle(settled);
        return state.queue.leave(this);
      default:
        return this.#settle(settled);
    }
  }
}

/** Rejects once the caller's promise, resolved with this one, waits for it: V8 then follows the awaits back to the caller. */
async function explained(explain: Explain, error: unknown): Promise<never> {
  await Promise.resolve();
  await Promise.resolve();
  throw explain(error);
}
