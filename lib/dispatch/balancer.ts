import { LiveswapError } from '../core/errors.js';
import type { Call, CallQueue, CallState, CopyArguments } from './call.js';
import { Connection, type ConnectionOwner, type Transport } from './connection.js';
import { Lookout, type Probe } from './lookout.js';

/** What bounds calls. */
export interface CallLimits {
  /** Pending calls a connection; more wait in the queue, but for nested ones. */
  readonly concurrency: number;
  /** Calls that may wait, or are sent beyond `concurrency`; more are refused with `QUEUE_FULL`. */
  readonly maxQueued: number;
}

/** What bounds the calls of a version, and who is told of them. */
export interface BalancerOptions extends CallLimits {
  /** Named in errors. */
  readonly plugin: string;
  /** Copies the arguments of calls that wait, and of those that may be sent again. */
  readonly copyArguments: CopyArguments;
  /** Asks whether a connection's other side is there: resolves when it says so. Without it, nobody is ever suspected to be stuck. */
  readonly probe?: Probe;
  /** Told of every settled call, also of those that were never sent, and whether it failed: a caller that had given up got no answer either. */
  readonly onSettled?: (call: Call, failed: boolean) => void;
}

/**
 * The connections to one version and the calls that wait for them. A call goes to the connection with the fewest pending; with
 * every connection at `concurrency`, or none up, it waits. One that computes, and answers nothing, is avoided. What waits can be handed to a newer version, what was sent cannot.
 * What a crashed connection had, and may be sent twice, is sent again from here.
 */
export class Balancer implements ConnectionOwner, CallQueue {
  readonly #options: BalancerOptions;
  readonly #connections: Connection[] = [];
  readonly #queue = new Set<Call>();
  readonly #queued: Extract<CallState, { readonly kind: 'waiting' }>;
  readonly #crashed = new WeakSet<Connection>();
  #handOver: ((call: Call) => void) | undefined;
  #gate: ((call: Call) => boolean) | undefined;
  #successor: ((call: Call) => void) | undefined;
  #refusal: LiveswapError | undefined;
  readonly #lookout: Lookout | undefined;
  #pending = 0;
  #answers = 0;
  #isSendingQueued = false;
  #idleWaiters: (() => void)[] = [];
  #settleWaiters: (() => void)[] = [];

  constructor(options: BalancerOptions) {
    this.#options = options;
    const { probe } = options;
    if (probe) this.#lookout = new Lookout(this.#connections, probe, () => this.#goOn());
    this.#queued = { kind: 'waiting', queue: this };
  }

  get connections(): readonly Connection[] {
    return this.#connections;
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

  /** Opens a connection; calls that wait are sent on it. With `admits`, only nested ones that it lets in, until it is {@link widen widened}. */
  add(index: number, transport: Transport, admits?: (call: Call) => boolean): Connection {
    const connection = new Connection(index, transport, this);
    connection.admits = admits;
    this.#connections.push(connection);
    this.#sendNested();
    this.#goOn();
    return connection;
  }

  /** A connection takes every call from now on. */
  widen(connection: Connection): void {
    connection.admits = undefined;
    this.#sendNested();
    this.#goOn();
  }

  /**
   * Takes a connection out. Its pending calls are still counted until its transport answers them; with `crashed`, those it
   * rejects from now on are sent again where they may be.
   */
  remove(connection: Connection, crashed = false): void {
    const at = this.#connections.indexOf(connection);
    if (at !== -1) this.#connections.splice(at, 1);
    if (crashed) this.#crashed.add(connection);
    this.#announceSettled();
  }

  /** Sends a call, or lets it wait. */
  dispatch(call: Call): void {
    if (call.answered) return;
    if (this.#successor) return this.#successor(call);
    if (this.#handOver && !call.pinned) return this.#handOver(call);
    if (this.#refusal) return this.#refuse(call, this.#refusal);
    if (this.#gate && !this.#gate(call)) return this.#enqueue(call);
    if (call.nested) return this.#dispatchNested(call);
    const connection = this.#free();
    if (connection && this.#queue.size === 0) return this.#send(connection, call);
    this.#enqueue(call);
  }

  /** From now on, what waits here and may go to a newer version is given to `dispatch`. */
  handOver(dispatch: (call: Call) => void): void {
    this.#handOver = dispatch;
    for (const call of this.#queue) {
      if (call.pinned) continue;
      this.#dequeue(call);
      dispatch(call);
    }
  }

  /** From now on calls wait, those left out that `admits` lets in, waiting ones too; what was sent goes on. */
  closeGate(admits: (call: Call) => boolean): void {
    this.#gate = admits;
  }

  /** Sends what waits. */
  openGate(): void {
    this.#gate = undefined;
    this.#sendNested();
    this.#goOn();
  }

  /** From now on every call, waiting, coming or pinned, goes to `dispatch`: these connections take none any more. */
  succeed(dispatch: (call: Call) => void): void {
    this.#successor = dispatch;
    for (const call of this.#queue) {
      this.#dequeue(call);
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
    return this.#connections.some((connection) => [...connection.calls].some(isMeant));
  }

  /** Refuses what waits and what will come, with `error`. */
  refuse(error: LiveswapError): void {
    this.#refusal = error;
    for (const call of this.#queue) {
      this.#dequeue(call);
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

  leave(call: Call): void {
    this.#dequeue(call);
    this.#options.onSettled?.(call, true);
  }

  onHeard(connection: Connection): void {
    connection.heardAt = ++this.#answers;
    connection.isSilent = false;
  }

  onResolved(call: Call, value: unknown): void {
    this.#pending--;
    const failed = call.answered;
    call.succeed(value);
    this.#options.onSettled?.(call, failed);
    this.#goOn();
  }

  onRejected(connection: Connection, call: Call, error: unknown): void {
    this.#pending--;
    if (this.#crashed.has(connection) && call.takeRetry()) this.dispatch(call);
    else this.#refuse(call, error);
    this.#goOn();
  }

  /** Never lets a call wait for a place that it may be in the way of itself. */
  #dispatchNested(call: Call): void {
    const connection = this.#least() ?? this.#narrow(call);
    if (!connection) return this.#enqueue(call);
    const beyond = this.#pending - this.#options.concurrency * this.#connections.length;
    if (beyond >= this.#options.maxQueued) return this.#refuseFull(call, beyond);
    this.#send(connection, call);
  }

  #send(connection: Connection, call: Call): void {
    if (!this.#move(call, connection.sending)) return;
    this.#pending++;
    if (this.#connections.length > 1) this.#lookout?.watch();
    connection.send(call);
  }

  #enqueue(call: Call): void {
    if (this.#queue.size >= this.#options.maxQueued) return this.#refuseFull(call, this.#queue.size);
    if (this.#move(call, this.#queued)) this.#queue.add(call);
  }

  /** Whether it went well: arguments that cannot be copied can't be sent either. */
  #move(call: Call, state: Parameters<Call['move']>[0]): boolean {
    try {
      call.move(state, this.#options.copyArguments);
      return true;
    } catch (error) {
      this.#refuse(call, error);
      return false;
    }
  }

  #dequeue(call: Call): void {
    this.#queue.delete(call);
    this.#announceIdle();
  }

  #refuseFull(call: Call, count: number): void {
    const { plugin, maxQueued } = this.#options;
    const message = `Cannot call ${call.name} of ${plugin}: ${count} calls wait already; slow down, or raise maxQueued or threads.`;
    this.#refuse(call, new LiveswapError('QUEUE_FULL', message, { plugin, call: call.name, maxQueued }));
  }

  #refuse(call: Call, error: unknown): void {
    call.fail(error);
    this.#options.onSettled?.(call, true);
  }

  #sendNested(): void {
    if (this.#gate) return;
    for (const call of this.#queue) {
      const connection = call.nested ? (this.#least() ?? this.#narrow(call)) : undefined;
      if (connection) this.#sendWaiting(connection, call);
    }
  }

  #goOn(): void {
    if (this.#queue.size > 0) this.#sendQueued();
    this.#announceSettled();
    this.#announceIdle();
  }

  #sendQueued(): void {
    // A call that its transport refuses at once makes room at once: each would be sent from within the one before, as deep as the queue is long.
    if (this.#isSendingQueued) return;
    this.#isSendingQueued = true;
    for (const call of this.#queue) {
      if (this.#gate && !this.#gate(call)) continue;
      const connection = this.#free();
      if (!connection) break;
      this.#sendWaiting(connection, call);
    }
    this.#isSendingQueued = false;
  }

  /** Nobody is told that the queue is empty before the call is counted as pending. */
  #sendWaiting(connection: Connection, call: Call): void {
    this.#queue.delete(call);
    this.#send(connection, call);
  }

  /** The best connection, unless even that has as many pending calls as it may. */
  #free(): Connection | undefined {
    const least = this.#least();
    return least && least.pending < this.#options.concurrency ? least : undefined;
  }

  /** The connection with the fewest pending calls; of several, the one that was heard of last. One that may be stuck only for want of others. */
  #least(): Connection | undefined {
    let least: Connection | undefined;
    let silent: Connection | undefined;
    for (const connection of this.#connections) {
      if (connection.admits) continue;
      if (connection.isSilent) silent = better(silent, connection);
      else least = better(least, connection);
    }
    return least ?? silent;
  }

  /** A connection that takes this call although it does not take any. */
  #narrow(call: Call): Connection | undefined {
    return this.#connections.find(({ admits }) => admits?.(call));
  }

  #announceSettled(): void {
    if (this.#settleWaiters.length === 0) return;
    for (const resolve of this.#settleWaiters.splice(0)) resolve();
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

function better(one: Connection | undefined, other: Connection): Connection {
  if (!one || other.pending < one.pending) return other;
  return other.pending === one.pending && other.heardAt > one.heardAt ? other : one;
}
