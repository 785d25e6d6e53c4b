import type { Chain } from '../core/chain.js';
import { isTimeable } from '../core/deadline.js';
import { discard } from '../core/discard.js';
import { LiveswapError } from '../core/errors.js';
import { onAbort } from '../core/on-abort.js';
import { chainForPlugin, isForPlugin } from './plugin-work.js';

/** What a caller may ask for beside the arguments. */
export interface CallOptions {
  /** Gives up when aborted: the call rejects `CALL_ABORTED` at once, with the signal's reason as cause. */
  readonly signal?: AbortSignal | undefined;
  /** Gives up after this many milliseconds: `CALL_TIMEOUT`. Infinity is never. */
  readonly timeoutMs?: number | undefined;
  /** Buffers, ports and streams that are moved instead of copied. A call that moves something is never retried. */
  readonly transfer?: readonly unknown[] | undefined;
}

/** What is called, by whom. */
export interface CallRequest {
  readonly scope: number;
  readonly name: string;
  readonly args: readonly unknown[];
  readonly options?: CallOptions | undefined;
  /** Made by a plugin, perhaps inside a running call: it must not queue behind `concurrency`, or it could wait for its own caller. */
  readonly nested?: boolean;
  /** On whose behalf it is made. */
  readonly chain?: Chain | undefined;
}

/** Where a call waits. */
export interface CallQueue {
  /** The caller has given up. */
  leave(call: Call): void;
}

/** Who carries a call, from sending it to the answer. */
export interface CallCarrier {
  resolved(call: Call, value: unknown): void;
  rejected(call: Call, error: unknown): void;
  /** The caller has given up: the other side is told, and goes on to its end. */
  abandon(call: Call, reason: LiveswapError): void;
}

/**
 * The life of a call. A state is shared by all calls that are in it, so none is made on the way. `settled` is the end for its
 * caller; who carries a call that is `givenUp` waits for the answer all the same.
 */
export type CallState =
  | { readonly kind: 'made' }
  | { readonly kind: 'waiting'; readonly queue: CallQueue }
  | { readonly kind: 'sent'; readonly carrier: CallCarrier }
  | { readonly kind: 'givenUp'; readonly carrier: CallCarrier }
  | { readonly kind: 'settled' };

/** Copies arguments, but for what is moved and what has an identity, so that a later change of them is not seen. */
export type CopyArguments = (args: readonly unknown[], transfer: readonly unknown[]) => readonly unknown[];

const nothing: readonly unknown[] = [];
const made: CallState = { kind: 'made' };
const settled: CallState = { kind: 'settled' };

/** A call and its caller, who is told exactly once. */
export class Call {
  readonly scope: number;
  readonly name: string;
  readonly transfer: readonly unknown[];
  readonly nested: boolean;
  readonly chain: Chain;
  /** `performance.now()` when it was made. */
  readonly madeAt = performance.now();
  readonly promise: Promise<unknown>;
  #args: readonly unknown[];
  #isCopied = false;
  #pinned: boolean;
  #retries: number;
  #state = made;
  #resolve!: (value: unknown) => void;
  #reject!: (error: unknown) => void;
  #stopWatching: (() => void) | undefined;

  /** `retries` says how often it may be sent again when its thread dies; a `pinned` one, only the version it is made for may answer. */
  constructor(request: CallRequest, retries = 0, pinned = false) {
    const { scope, name, args, options } = request;
    const { nested = isForPlugin(), chain = chainForPlugin() } = request;
    this.scope = scope;
    this.name = name;
    this.#args = args;
    this.#pinned = pinned;
    this.nested = nested;
    this.chain = chain;
    this.transfer = options?.transfer ?? nothing;
    this.#retries = this.transfer.length === 0 ? retries : 0;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    if (options && (options.signal || options.timeoutMs !== undefined)) this.#watch(options);
  }

  /** Whether only the version that has it may answer it. */
  get pinned(): boolean {
    return this.#pinned;
  }

  /** From now on only the version that is given it may answer it. */
  pin(): void {
    this.#pinned = true;
  }

  get state(): CallState {
    return this.#state;
  }

  /** Whether the caller has its answer, or has given up. */
  get answered(): boolean {
    return this.#state.kind === 'settled' || this.#state.kind === 'givenUp';
  }

  /** It is sent, or waits, from now on; `waiting` ones see no change of their arguments. @throws what `copy` does */
  move(state: Extract<CallState, { readonly kind: 'waiting' | 'sent' }>, copy: CopyArguments): void {
    const isKept = state.kind === 'waiting' || this.#retries > 0;
    if (isKept && !this.#isCopied) {
      this.#args = copy(this.#args, this.transfer);
      this.#isCopied = true;
    }
    this.#state = state;
  }

  /** The arguments, to be sent. They are let go, unless they may have to be sent again. */
  takeArguments(): readonly unknown[] {
    const args = this.#args;
    if (this.#retries === 0) this.#args = nothing;
    return args;
  }

  /** Whether it may be sent again, once more. */
  takeRetry(): boolean {
    if (this.#retries === 0 || this.answered) return false;
    this.#retries--;
    return true;
  }

  /** The other side's answer. */
  resolve(value: unknown): void {
    if (this.#state.kind === 'sent' || this.#state.kind === 'givenUp')
      this.#state.carrier.resolved(this, value);
  }

  /** The other side's refusal, or why there will be no answer. */
  reject(error: unknown): void {
    if (this.#state.kind === 'sent' || this.#state.kind === 'givenUp')
      this.#state.carrier.rejected(this, error);
  }

  /** Tells the caller, if it still waits. */
  succeed(value: unknown): void {
    // Nobody waits any more: what is open behind it must not keep its version alive.
    if (this.answered) discard(value);
    else this.#resolve(value);
    this.#settle(settled);
  }

  /** Tells the caller that there will be no answer. */
  fail(error: unknown): void {
    if (!this.answered) this.#reject(error);
    this.#settle(settled);
  }

  #settle(state: CallState): void {
    this.#state = state;
    this.#args = nothing;
    this.#stopWatching?.();
    this.#stopWatching = undefined;
  }

  #watch({ signal, timeoutMs }: CallOptions): void {
    if (signal?.aborted) return this.#giveUp(aborted(this.name, signal.reason));
    const stopListening = signal && onAbort(signal, (reason) => this.#giveUp(aborted(this.name, reason)));
    const timer =
      timeoutMs !== undefined && isTimeable(timeoutMs)
        ? setTimeout(() => this.#giveUp(timedOut(this.name, timeoutMs)), timeoutMs)
        : undefined;
    this.#stopWatching = () => {
      clearTimeout(timer);
      stopListening?.();
    };
  }

  #giveUp(error: LiveswapError): void {
    const state = this.#state;
    this.#reject(error);
    switch (state.kind) {
      case 'sent':
        this.#settle({ kind: 'givenUp', carrier: state.carrier });
        return state.carrier.abandon(this, error);
      case 'waiting':
        this.#settle(settled);
        return state.queue.leave(this);
      default:
        return this.#settle(settled);
    }
  }
}

function aborted(name: string, cause: unknown): LiveswapError {
  return new LiveswapError('CALL_ABORTED', `Gave up on ${name}: its signal was aborted.`, {
    call: name,
    cause,
  });
}

function timedOut(name: string, timeoutMs: number): LiveswapError {
  return new LiveswapError(
    'CALL_TIMEOUT',
    `Gave up on ${name}: no answer after ${timeoutMs} ms; raise timeoutMs, or let it stop early by context.call.signal.`,
    { call: name, timeoutMs },
  );
}
