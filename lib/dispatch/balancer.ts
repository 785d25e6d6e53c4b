import { LiveswapError } from '../core/errors.js';
import { Admission, type Dispatch, type Gatekeeper } from './admission.js';
import type { BalancerOptions } from './balancer-options.js';
import type { Call, CallQueue, CallState } from './call.js';
import { Connection, type ConnectionOwner, type Transport } from './connection.js';
import { Connections } from './connections.js';
import { Lookout } from './lookout.js';
import { Quiet } from './quiet.js';
import { WaitingCalls, type Home } from './waiting-calls.js';

/**
 * The connections to one version and the calls that wait for them. A call goes to the connection with the fewest pending calls;
 * when every connection is at `concurrency`, or none is up, it waits.
 * A call with a home goes there, and waits while that is full or not up. A connection whose thread computes and answers nothing is
 * avoided. Waiting calls can be handed to a newer version, sent ones cannot. Calls of a crashed connection that may be sent twice
 * are sent again from here.
 */
export class Balancer implements ConnectionOwner, CallQueue {
  readonly #options: BalancerOptions;
  readonly #connections: Connections;
  readonly #queue = new WaitingCalls();
  readonly #queued: Extract<CallState, { readonly kind: 'waiting' }>;
  readonly #crashed = new WeakSet<Connection>();
  readonly #admission = new Admission();
  readonly #lookout: Lookout | undefined;
  #pending = 0;
  #answers = 0;
  #isSendingQueued = false;
  readonly #quiet = new Quiet(() => this.#pending === 0 && this.#queue.size === 0);

  constructor(options: BalancerOptions) {
    this.#options = options;
    const { concurrency, probe } = options;
    this.#connections = new Connections(concurrency);
    if (probe) this.#lookout = new Lookout(this.connections, probe, () => this.#goOn());
    this.#queued = { kind: 'waiting', queue: this };
  }

  get connections(): readonly Connection[] {
    return this.#connections.open;
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

  /**
   * Opens a connection; waiting calls are sent on it. With `admits`, it only takes nested calls that it lets in, until it is
   * {@link widen widened}.
   */
  add(index: number, transport: Transport, admits?: (call: Call) => boolean): Connection {
    const connection = new Connection(index, transport, this);
    connection.admits = admits;
    this.#connections.open.push(connection);
    this.#sendNested();
    this.#goOn();
    return connection;
  }

  /** Lets a connection take every call from now on. */
  widen(connection: Connection): void {
    connection.admits = undefined;
    this.#sendNested();
    this.#goOn();
  }

  /**
   * Removes a connection. Its pending calls are still counted until its transport answers them; with `crashed`, calls that it
   * rejects from now on are sent again where that is allowed.
   */
  remove(connection: Connection, crashed = false): void {
    this.#connections.remove(connection);
    if (crashed) this.#crashed.add(connection);
    this.#quiet.settled();
  }

  /** Returns whether calls of a connection are sent again, by this balancer itself, if it crashes. */
  mayRetry(connection: Connection): boolean {
    return connection.hasPending((call) => call.mayRetry && (call.pinned || !this.#admission.newer));
  }

  /** Sends a call, or lets it wait. */
  dispatch(call: Call): void {
    // Its caller had given up before the call was made.
    if (call.answered) return this.#options.onSettled?.(call, true);
    const admission = this.#admission;
    const elsewhere = admission.elsewhere(call);
    if (elsewhere) return this.#passOn(call, elsewhere);
    if (admission.refusal) return this.#refuse(call, admission.refusal);
    const home = this.#options.homeOf?.(call);
    if (!admission.letsIn(call)) {
      this.#enqueue(call, home);
      if (!call.answered) admission.held(call);
      return;
    }
    if (call.nested) return this.#dispatchNested(call, home);
    const connection = this.#connections.free(home);
    if (connection && !this.#queue.hasFor(home)) return this.#send(connection, call);
    this.#enqueue(call, home);
  }

  /** From now on, gives waiting calls that may go to a newer version to `dispatch`. */
  handOver(dispatch: Dispatch): void {
    this.#admission.newer = dispatch;
    this.#giveAway();
  }

  /** Makes calls wait from now on, except those that `admits` lets in, already waiting ones included; sent calls go on. */
  closeGate(admits: (call: Call) => boolean, gatekeeper?: Gatekeeper): void {
    this.#admission.closeGate(admits, gatekeeper, this.#queue);
  }

  /** Sends the waiting calls. */
  openGate(): void {
    this.#admission.openGate();
    this.#sendNested();
    this.#goOn();
  }

  /**
   * Refuses nested calls that no thread can take now, already waiting ones included, if `refusalOf` returns an error for them. Without
   * it, they wait again.
   */
  refuseStranded(refusalOf: ((call: Call) => LiveswapError | undefined) | undefined): void {
    this.#admission.stranded = refusalOf;
    if (!refusalOf) return;
    for (const call of this.#queue) {
      const isStranded = call.nested && !call.answered && this.#admission.letsIn(call);
      if (!isStranded || this.#connections.forNested(call, this.#queue.homeOf(call))) continue;
      const refusal = refusalOf(call);
      if (!refusal) continue;
      this.#dequeue(call);
      this.#refuse(call, refusal);
    }
  }

  /** From now on, gives every call, whether waiting, new or pinned, to `dispatch`: these connections no longer take any. */
  succeed(dispatch: Dispatch): void {
    this.#admission.successor = dispatch;
    this.#giveAway();
  }

  /** Resolves when no call for which `isMeant` holds is pending. */
  whenNonePending(isMeant: (call: Call) => boolean): Promise<void> {
    return this.#quiet.whenNot(() => this.hasPending(isMeant));
  }

  hasPending(isMeant: (call: Call) => boolean): boolean {
    return this.#connections.hasPending(isMeant);
  }

  /** Refuses waiting and future calls with `error`. */
  refuse(error: LiveswapError): void {
    this.#admission.refusal = error;
    for (const call of this.#queue) {
      this.#dequeue(call);
      this.#refuse(call, error);
    }
  }

  /** Takes calls again after {@link refuse}. */
  readmit(): void {
    this.#admission.refusal = undefined;
  }

  /** Resolves when nothing is pending and nothing waits. */
  whenIdle(): Promise<void> {
    return this.#quiet.whenIdle();
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

  /** Dispatches a nested call, which never waits for a place that its own caller may occupy. */
  #dispatchNested(call: Call, home: Home): void {
    const connection = this.#connections.forNested(call, home);
    if (!connection) {
      const refusal = this.#admission.stranded?.(call);
      return refusal ? this.#refuse(call, refusal) : this.#enqueue(call, home);
    }
    const beyond = this.#connections.beyond(this.#pending);
    if (beyond >= this.#options.maxQueued) return this.#refuseFull(call, beyond);
    this.#send(connection, call);
  }

  #send(connection: Connection, call: Call): void {
    if (!this.#move(call, connection.sending)) return;
    this.#pending++;
    if (this.connections.length > 1) this.#lookout?.watch();
    connection.send(call);
  }

  #enqueue(call: Call, home: Home): void {
    if (this.#queue.size >= this.#options.maxQueued) return this.#refuseFull(call, this.#queue.size);
    if (!this.#move(call, this.#queued)) return;
    // A getter of an argument may have closed the swapper while the call was not in the queue yet.
    if (this.#admission.refusal) this.#refuse(call, this.#admission.refusal);
    else this.#queue.add(call, home);
  }

  /** Moves a call to a state. Returns whether that succeeded: arguments that cannot be copied cannot be sent either. */
  #move(call: Call, state: Parameters<Call['move']>[0]): boolean {
    try {
      const isMoved = call.move(state, this.#options.copyArguments);
      if (!isMoved) this.#options.onSettled?.(call, true);
      return isMoved;
    } catch (error) {
      this.#refuse(call, error);
      return false;
    }
  }

  /** Hands the waiting calls that go elsewhere to their takers. */
  #giveAway(): void {
    for (const call of this.#queue) {
      const dispatch = this.#admission.elsewhere(call);
      // Sending a call runs code of its arguments, by which callers further on may give up.
      if (!dispatch || call.answered) continue;
      this.#dequeue(call);
      this.#passOn(call, dispatch);
    }
  }

  /** Hands a call to its taker. One that nobody can take ends here, where it counts. */
  #passOn(call: Call, dispatch: Dispatch): void {
    try {
      dispatch(call);
    } catch (error) {
      this.#refuse(call, error);
    }
  }

  #dequeue(call: Call): void {
    this.#queue.delete(call);
    this.#quiet.left();
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
    if (this.#admission.isGated) return;
    for (const call of this.#queue) {
      if (!call.nested || call.answered) continue;
      const connection = this.#connections.forNested(call, this.#queue.homeOf(call));
      if (connection) this.#sendWaiting(connection, call);
    }
  }

  #goOn(): void {
    if (this.#queue.size > 0) this.#sendQueued();
    this.#quiet.settled();
    this.#quiet.left();
  }

  #sendQueued(): void {
    // A call that its transport refuses at once makes room at once. Without this guard, each call would be sent from inside the
    // sending of the one before, as deep as the queue is long.
    if (this.#isSendingQueued) return;
    this.#isSendingQueued = true;
    const isLetIn = (call: Call): boolean => this.#admission.letsIn(call);
    const hasRoom = (home: Home): boolean => this.#connections.free(home) !== undefined;
    for (let call; (call = this.#queue.next(isLetIn, hasRoom));) {
      this.#sendWaiting(this.#connections.free(this.#queue.homeOf(call))!, call);
    }
    this.#isSendingQueued = false;
  }

  /** Sends a waiting call. The check for idleness comes after the call counts as pending, so no waiter sees a gap. */
  #sendWaiting(connection: Connection, call: Call): void {
    this.#queue.delete(call);
    this.#send(connection, call);
  }
}
