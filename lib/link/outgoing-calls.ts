import { ownCopyOf } from '../core/errors.js';
import { IdMap } from '../core/id-map.js';
import { Aborts } from './aborts.js';
import { isContinuation } from './continuation.js';
import { encodeArguments } from './encode.js';
import { MANY, SEVERAL, type Outbox } from './outbox.js';
import type { Peer } from './peer.js';
import { Op, type Scope } from './protocol.js';

/** Receives the answer to a call: exactly one of the two is called, once. */
export interface Reply {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** The calls of this side that have no answer yet: each gets exactly one, also when the link closes. */
export class OutgoingCalls {
  readonly #peer: Peer;
  readonly #outbox: Outbox;
  readonly #pending = new IdMap<Reply>();
  readonly #aborts: Aborts;
  #last = 0;
  /** The last call that is not in the outbox. */
  #lastSent = 0;
  #closed: { readonly cause: unknown } | undefined;

  constructor(peer: Peer, outbox: Outbox) {
    this.#peer = peer;
    this.#outbox = outbox;
    this.#aborts = new Aborts((frame) => {
      if (!this.#closed) outbox.post(frame);
    });
  }

  get pending(): number {
    return this.#pending.size;
  }

  /**
   * Sends a call and returns its id, for {@link abort}. `reply` receives the answer, or the reason why there is none:
   * `NOT_CLONEABLE`, the thrown value, or the cause with which the link was closed.
   */
  send(
    scope: Scope,
    name: string,
    args: readonly unknown[],
    transfer: readonly unknown[],
    reply: Reply,
  ): number {
    if (this.#closed) {
      reply.reject(ownCopyOf(this.#closed.cause));
      return 0;
    }
    const id = ++this.#last;
    this.#pending.set(id, reply);
    try {
      if (!this.#letWait(id, scope, name, args, transfer)) this.#post(id, scope, name, args, transfer);
    } catch (error) {
      this.take(id)?.reject(error);
    }
    return id;
  }

  /** Tells the other side that nobody waits for call `id` any more; its answer is still awaited. */
  abort(id: number, reason: unknown): void {
    if (this.#closed || !this.#pending.get(id)) return;
    if (this.#outbox.isEmpty || id <= this.#lastSent) return this.#aborts.add(id, reason);
    // The call is still in the outbox, so it never begins.
    this.#outbox.drop(id);
    this.take(id)?.reject(reason);
  }

  /** Removes and returns the reply that waits for call `id`. */
  take(id: number): Reply | undefined {
    return this.#pending.take(id);
  }

  /** Rejects every pending call with a copy of `cause`; calls that wait in the outbox are not sent. */
  giveUp(cause: unknown): void {
    const given = this.#pending.entries();
    if (!this.#outbox.isEmpty) for (const [id] of given) this.#outbox.drop(id);
    // A rejection may make room for a waiting call, which must not be given up.
    this.#pending.clear();
    for (const [, reply] of given) reply.reject(ownCopyOf(cause));
  }

  /** Rejects every pending and future call with a copy of `cause`. */
  close(cause: unknown): void {
    this.#closed = { cause };
    this.giveUp(cause);
  }

  /**
   * Lets a call wait for the end of the turn, if enough are under way and its arguments are few and plain. Returns whether it
   * does.
   */
  #letWait(
    id: number,
    scope: Scope,
    name: string,
    args: readonly unknown[],
    transfer: readonly unknown[],
  ): boolean {
    const isFirst = this.#outbox.isEmpty;
    if (transfer.length > 0 || (isFirst && !this.#areEnough)) return false;
    if (!this.#outbox.addCall(id, scope, name, args)) return false;
    if (isFirst) this.#lastSent = id - 1;
    return true;
  }

  /**
   * Calls that sockets and timers lead to come one in each event, and would each wake a thread that has long answered the one
   * before. Those of a loop follow answers: sent at once, they keep both threads at work. Where the events of one turn led to
   * several calls, those of the next are likely to, so even the first waits.
   */
  get #areEnough(): boolean {
    const underWay = this.#pending.size;
    if (underWay >= MANY) return true;
    return (underWay >= SEVERAL || this.#outbox.hasJustShared) && !isContinuation();
  }

  #post(
    id: number,
    scope: Scope,
    name: string,
    args: readonly unknown[],
    transfer: readonly unknown[],
  ): void {
    const encoded = encodeArguments(this.#peer, args, transfer);
    const { wire, placeholders, transfers } = encoded;
    try {
      this.#outbox.post(
        placeholders.length > 0
          ? [Op.placedCall, id, scope, name, wire, placeholders]
          : [Op.call, id, scope, name, wire],
        transfers,
      );
    } catch (error) {
      throw encoded.fail(error);
    }
  }
}
