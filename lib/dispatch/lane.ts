import { withChain } from '../core/chain.js';
import type { Call } from './call.js';

/** What carries calls to where they are answered, such as a link to a thread. */
export interface Carrier {
  /** Sends a call and returns its id; exactly one of `reply`'s functions is called, once. */
  send(
    scope: number,
    name: string,
    args: readonly unknown[],
    transfer: readonly unknown[],
    reply: Call,
  ): number;
  /** Tells the other side that nobody waits for call `id` any more. */
  abort(id: number, reason: unknown): void;
}

/** What a lane reports to the set it is in. */
export interface LaneObserver {
  /** A call was settled: `failure` when it was rejected. Answers `retried` when it was sent again instead. */
  onSettled(lane: Lane, call: Call, failure: { readonly error: unknown } | undefined): 'retried' | 'settled';
}

/** One way to a version: it counts what it carries, from sending to the carrier's answer. */
export class Lane {
  /** Index of the thread it leads to. */
  readonly index: number;
  readonly #carrier: Carrier;
  readonly #observer: LaneObserver;
  readonly #pending = new Set<Call>();
  /** The pending calls whose caller has given up, the first one first, and when that was. */
  readonly #abandoned = new Map<Call, number>();
  #sent = 0;
  #quietWaiters: (() => void)[] = [];

  constructor(index: number, carrier: Carrier, observer: LaneObserver) {
    this.index = index;
    this.#carrier = carrier;
    this.#observer = observer;
  }

  /** Calls without an answer, those included whose caller has given up. */
  get pending(): number {
    return this.#pending.size;
  }

  get calls(): Iterable<Call> {
    return this.#pending;
  }

  /** Calls that were ever sent. */
  get sent(): number {
    return this.#sent;
  }

  /** `performance.now()` when the caller gave up that did so first, of those whose calls are pending still. */
  get abandonedSince(): number | undefined {
    return this.#abandoned.values().next().value;
  }

  /** Resolves when nothing is pending but calls whose caller has given up. */
  whenQuiet(): Promise<void> {
    if (this.#isQuiet()) return Promise.resolve();
    return new Promise((resolve) => this.#quietWaiters.push(resolve));
  }

  send(call: Call): void {
    this.#pending.add(call);
    this.#sent++;
    call.lane = this;
    const { scope, name } = withChain(call.scope, call.name, call.chain);
    call.id = this.#carrier.send(scope, name, call.args, call.transfer, call);
  }

  /** The caller of a pending call has given up: the other side is told, and the call stays pending. */
  abandon(call: Call, reason: unknown): void {
    this.#abandoned.set(call, performance.now());
    this.#carrier.abort(call.id, reason);
    this.#announceQuiet();
  }

  settle(call: Call, failure: { readonly error: unknown } | undefined): 'retried' | 'settled' {
    this.#pending.delete(call);
    if (this.#abandoned.size > 0) this.#abandoned.delete(call);
    call.lane = undefined;
    this.#announceQuiet();
    return this.#observer.onSettled(this, call, failure);
  }

  #isQuiet(): boolean {
    return this.#pending.size === this.#abandoned.size;
  }

  #announceQuiet(): void {
    if (this.#quietWaiters.length === 0 || !this.#isQuiet()) return;
    for (const resolve of this.#quietWaiters.splice(0)) resolve();
  }
}
