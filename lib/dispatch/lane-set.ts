import { LiveswapError } from '../core/errors.js';
import type { Call } from './call.js';
import { Lane, type Carrier, type LaneObserver } from './lane.js';

/** What bounds calls. */
export interface CallLimits {
  /** Pending calls a lane; more wait in the queue, but for nested ones. */
  readonly concurrency: number;
  /** Calls that may wait, or are sent beyond `concurrency`; more are refused with `QUEUE_FULL`. */
  readonly maxQueued: number;
}

/** What bounds the calls of a version, and who is told of them. */
export interface LaneSetOptions extends CallLimits {
  /** Named in errors. */
  readonly plugin: string;
  /** Told of every settled call, also of those that were never sent, and whether it failed: a caller that had given up got no answer either. */
  readonly onSettled?: (call: Call, failed: boolean) => void;
}

/**
 * The lanes of one version and the calls that wait for them. A call goes to the lane with the fewest pending; with
 * every lane at `concurrency`, or none up, it waits. What waits can be handed to a newer version, what was sent cannot.
 */
export class LaneSet implements LaneObserver {
  readonly #options: LaneSetOptions;
  readonly #lanes: Lane[] = [];
  readonly #queue = new Set<Call>();
  readonly #crashed = new WeakSet<Lane>();
  #handOver: ((call: Call) => void) | undefined;
  #refusal: LiveswapError | undefined;
  #gate: ((call: Call) => boolean) | undefined;
  #successor: ((call: Call) => void) | undefined;
  #pending = 0;
  #isSendingQueued = false;
  #idleWaiters: (() => void)[] = [];
  #settleWaiters: (() => void)[] = [];

  constructor(options: LaneSetOptions) {
    this.#options = options;
  }

  get lanes(): readonly Lane[] {
    return this.#lanes;
  }

  /** Calls that were sent and have no answer yet. */
  get pending(): number {
    return this.#pending;
  }

  get queued(): number {
    return this.#queue.size;
  }

  /** Calls that wait. */
  get waiting(): Iterable<Call> {
    return this.#queue;
  }

  /** Opens a lane; calls that wait are sent on it. */
  add(index: number, carrier: Carrier): Lane {
    const lane = new Lane(index, carrier, this);
    this.#lanes.push(lane);
    this.#sendNested();
    this.#sendQueued();
    return lane;
  }

  /**
   * Takes a lane out. Its pending calls are still counted until its carrier answers them; with `crashed`, those it rejects
   * from now on are sent again where they may be.
   */
  remove(lane: Lane, crashed = false): void {
    const at = this.#lanes.indexOf(lane);
    if (at !== -1) this.#lanes.splice(at, 1);
    if (crashed) this.#crashed.add(lane);
    this.#announceSettled();
  }

  /** Sends a call, or lets it wait. A `pinned` one is never handed over. */
  dispatch(call: Call, pinned = false): void {
    if (call.answered) return;
    if (this.#successor) return this.#successor(call);
    if (pinned) call.pinned = true;
    else if (this.#handOver) return this.#handOver(call);
    if (this.#refusal) return this.#refuse(call, this.#refusal);
    if (this.#gate && !this.#gate(call)) return this.#enqueue(call);
    if (call.nested) return this.#dispatchNested(call);
    const lane = this.#free();
    if (lane && this.#queue.size === 0) return this.#send(lane, call);
    this.#enqueue(call);
  }

  /** From now on, what waits here and may go to a newer version is given to `dispatch`. */
  handOver(dispatch: (call: Call) => void): void {
    this.#handOver = dispatch;
    for (const call of this.#queue) {
      if (call.pinned) continue;
      call.leaveQueue?.('goesOn');
      dispatch(call);
    }
  }

  /** From now on calls wait, those left out that `admits` lets in; what was sent goes on. */
  closeGate(admits: (call: Call) => boolean): void {
    this.#gate = admits;
  }

  /** Sends what waits. */
  openGate(): void {
    this.#gate = undefined;
    this.#sendNested();
    this.#sendQueued();
  }

  /** From now on every call, waiting, coming or pinned, goes to `dispatch`: these lanes take none any more. */
  succeed(dispatch: (call: Call) => void): void {
    this.#successor = dispatch;
    for (const call of this.#queue) {
      call.leaveQueue?.('goesOn');
      dispatch(call);
    }
  }

  /** Resolves when no call is pending that `isMeant`. */
  async whenNonePending(isMeant: (call: Call) => boolean): Promise<void> {
    while (this.hasPending(isMeant)) {
      await new Promise<void>((resolve) => this.#settleWaiters.push(resolve));
    }
  }

  hasPending(isMeant: (call: Call) => boolean): boolean {
    return this.#lanes.some((lane) => [...lane.calls].some(isMeant));
  }

  /** Refuses what waits and what will come, with `error`. */
  refuse(error: LiveswapError): void {
    this.#refusal = error;
    for (const call of this.#queue) {
      call.leaveQueue?.('goesOn');
      this.#refuse(call, error);
    }
  }

  /** Takes calls again after {@link refuse}. */
  readmit(): void {
    this.#refusal = undefined;
  }

  /** Resolves when nothing is pending and nothing waits. */
  whenIdle(): Promise<void> {
    if (this.#isIdle()) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  onSettled(lane: Lane, call: Call, failure: { readonly error: unknown } | undefined): 'retried' | 'settled' {
    this.#pending--;
    const crashed = failure !== undefined && this.#crashed.has(lane);
    const retried = crashed && call.retries > 0 && !call.answered;
    if (retried) {
      call.retries--;
      this.dispatch(call, call.pinned);
    } else {
      this.#options.onSettled?.(call, failure !== undefined || call.answered);
    }
    if (this.#queue.size > 0) this.#sendQueued();
    this.#announceSettled();
    this.#announceIdle();
    return retried ? 'retried' : 'settled';
  }

  /** Never lets a call wait for a place that it may be in the way of itself. */
  #dispatchNested(call: Call): void {
    const lane = this.#least();
    if (!lane) return this.#enqueue(call);
    const beyond = this.#pending - this.#options.concurrency * this.#lanes.length;
    if (beyond >= this.#options.maxQueued) return this.#refuseFull(call, beyond);
    this.#send(lane, call);
  }

  #send(lane: Lane, call: Call): void {
    this.#pending++;
    lane.send(call);
  }

  #enqueue(call: Call): void {
    if (this.#queue.size >= this.#options.maxQueued) return this.#refuseFull(call, this.#queue.size);
    this.#queue.add(call);
    call.leaveQueue = (why) => {
      this.#queue.delete(call);
      call.leaveQueue = undefined;
      if (why === 'gaveUp') this.#options.onSettled?.(call, true);
      this.#announceIdle();
    };
  }

  #refuseFull(call: Call, count: number): void {
    const { plugin, maxQueued } = this.#options;
    const message = `Cannot call ${call.name} of ${plugin}: ${count} calls wait already; slow down, or raise maxQueued or threads.`;
    this.#refuse(call, new LiveswapError('QUEUE_FULL', message, { plugin, call: call.name, maxQueued }));
  }

  #refuse(call: Call, error: LiveswapError): void {
    call.fail(error);
    this.#options.onSettled?.(call, true);
  }

  #sendNested(): void {
    if (this.#gate) return;
    for (const call of this.#queue) {
      const lane = this.#least();
      if (lane && call.nested) this.#sendWaiting(lane, call);
    }
  }

  #sendQueued(): void {
    // A call that its carrier refuses at once makes room at once: each would be sent from within the one before, as deep as the queue is long.
    if (this.#isSendingQueued || this.#gate) return;
    this.#isSendingQueued = true;
    for (const call of this.#queue) {
      const lane = this.#free();
      if (!lane) break;
      this.#sendWaiting(lane, call);
    }
    this.#isSendingQueued = false;
  }

  /** It is never neither waiting nor pending, or those who wait for quiet would be told of it. */
  #sendWaiting(lane: Lane, call: Call): void {
    this.#pending++;
    call.leaveQueue?.('goesOn');
    lane.send(call);
  }

  /** The lane with the fewest pending calls, unless even that has as many as it may. */
  #free(): Lane | undefined {
    const least = this.#least();
    return least && least.pending < this.#options.concurrency ? least : undefined;
  }

  #least(): Lane | undefined {
    let least: Lane | undefined;
    for (const lane of this.#lanes) if (!least || lane.pending < least.pending) least = lane;
    return least;
  }

  #announceSettled(): void {
    if (this.#settleWaiters.length === 0) return;
    const waiters = this.#settleWaiters;
    this.#settleWaiters = [];
    for (const resolve of waiters) resolve();
  }

  #isIdle(): boolean {
    return this.#pending === 0 && this.#queue.size === 0;
  }

  #announceIdle(): void {
    if (this.#idleWaiters.length === 0 || !this.#isIdle()) return;
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const resolve of waiters) resolve();
  }
}
