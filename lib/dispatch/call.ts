import type { Chain } from '../core/chain.js';
import { isTimeable } from '../core/deadline.js';
import { discard } from '../core/discard.js';
import { LiveswapError } from '../core/errors.js';
import { onAbort } from '../core/on-abort.js';
import type { Lane } from './lane.js';
import { isForPlugin } from './plugin-work.js';

/** What a caller may ask for beside the arguments. */
export interface CallOptions {
  /** Gives up when aborted: the call rejects `CALL_ABORTED` at once, with the signal's reason as cause. */
  readonly signal?: AbortSignal | undefined;
  /** Gives up after this many milliseconds: `CALL_TIMEOUT`. Infinity is never. */
  readonly timeoutMs?: number | undefined;
  /** Buffers, ports and streams that are moved instead of copied. A call that moves something is never retried. */
  readonly transfer?: readonly unknown[] | undefined;
}

const nothing: readonly unknown[] = [];
const noChain: Chain = [];

/** A call that waits, was sent, or whose caller has given up while its thread has not. */
export class Call {
  readonly scope: number;
  readonly name: string;
  readonly args: readonly unknown[];
  readonly transfer: readonly unknown[];
  /** `performance.now()` when it was made. */
  readonly madeAt = performance.now();
  readonly promise: Promise<unknown>;
  /** How often it may still be sent again when its thread dies. */
  retries: number;
  /** The lane that carries it, and its id there. */
  lane: Lane | undefined;
  id = 0;
  /** Whether only the version it was made for may answer it. */
  pinned = false;
  /** Made by a plugin, perhaps inside a running call: it must not queue behind `concurrency`, or it could wait for its own caller. */
  nested = isForPlugin();
  /** On whose behalf it is made. */
  chain: Chain = noChain;
  /** Takes it out of the queue it waits in: to be sent or refused, or because its caller has given up. */
  leaveQueue: ((why: 'goesOn' | 'gaveUp') => void) | undefined;
  #resolve!: (value: unknown) => void;
  #reject!: (error: unknown) => void;
  #stopWatching: (() => void) | undefined;
  #answered = false;

  constructor(scope: number, name: string, args: readonly unknown[], retries: number, options?: CallOptions) {
    this.scope = scope;
    this.name = name;
    this.args = args;
    this.transfer = options?.transfer ?? nothing;
    this.retries = this.transfer.length === 0 ? retries : 0;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    if (options && (options.signal || options.timeoutMs !== undefined)) this.#watch(options);
  }

  /** Whether the caller has its answer, or has given up. */
  get answered(): boolean {
    return this.#answered;
  }

  /** The lane's answer: discounts the call and tells the caller, if it still waits. */
  resolve(value: unknown): void {
    this.lane?.settle(this, undefined);
    // Nobody waits any more: what is open behind the result must not keep its version alive.
    if (this.#answered) return discard(value);
    this.#answer();
    this.#resolve(value);
  }

  /** The lane's refusal. A call whose thread died is sent again instead, if it may be. */
  reject(error: unknown): void {
    if (this.lane?.settle(this, { error }) === 'retried') return;
    this.fail(error);
  }

  /** Tells the caller that there will be no answer. Pending calls stay counted until their lane answers. */
  fail(error: unknown): void {
    this.#answer();
    this.#reject(error);
  }

  #answer(): void {
    this.#answered = true;
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
    this.leaveQueue?.('gaveUp');
    this.lane?.abandon(this, error);
    this.fail(error);
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
