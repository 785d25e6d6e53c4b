import { discard } from '../core/discard.js';
import { IdMap } from '../core/id-map.js';
import { isThenable } from '../core/is-thenable.js';
import { encodeError } from './error-codec.js';
import { encodeResult } from './encode.js';
import type { Inbox } from './inbox.js';
import { IncomingCall } from './incoming-call.js';
import type { Peer, Received } from './peer.js';
import { MANY, type Outbox } from './outbox.js';
import { Op, type Scope } from './protocol.js';

/** Answers a call of the other side: a value, a promise, or a throw. */
export type Answer = (scope: Scope, name: string, args: unknown[], call: IncomingCall) => unknown;

const nothing: readonly number[] = [];

/** The calls of the other side that are being answered here: each gets exactly one answer, while the link is open. */
export class IncomingCalls {
  readonly #peer: Peer;
  readonly #answer: Answer;
  readonly #outbox: Outbox;
  /** Returns where the calls arrive. */
  readonly #inbox: () => Inbox;
  readonly #calls = new IdMap<IncomingCall>();
  #closed = false;

  constructor(peer: Peer, answer: Answer, outbox: Outbox, inbox: () => Inbox) {
    this.#peer = peer;
    this.#answer = answer;
    this.#outbox = outbox;
    this.#inbox = inbox;
  }

  /** Number of calls without an answer. */
  get unanswered(): number {
    return this.#calls.size;
  }

  /** Answers call `id`. */
  answer(id: number, scope: Scope, name: string, args: unknown[], received?: Received): void {
    const call = new IncomingCall(name, id, received);
    this.#calls.set(id, call);
    try {
      const outcome = this.#answer(scope, name, args, call);
      if (!isThenable(outcome)) return this.#succeed(call, outcome);
      Promise.resolve(outcome).then(
        (value) => this.#succeed(call, value),
        (error: unknown) => this.#fail(call, error),
      );
    } catch (error) {
      this.#fail(call, error);
    }
  }

  /** Rejects call `id` on the other side. */
  refuse(id: number, error: unknown): void {
    if (this.#closed) return;
    const encoded = encodeError(error);
    try {
      this.#outbox.post([Op.thrown, id, encoded]);
    } catch (cause) {
      this.#outbox.post([
        Op.thrown,
        id,
        encodeError(new TypeError('The thrown value cannot be sent.', { cause })),
      ]);
    }
  }

  /** Handles that the callers of `ids` have given up. */
  abort(ids: readonly number[], reason: unknown): void {
    for (const id of ids) this.#calls.get(id)?.abort(reason);
  }

  /** Handles that all callers have given up. */
  giveUp(cause: unknown): void {
    for (const call of this.#calls.values()) call.abort(cause);
  }

  /**
   * Handles that the callers are gone: every call is aborted, none is answered. Running calls keep to their end what came with
   * them.
   */
  close(cause: unknown): void {
    this.#closed = true;
    this.giveUp(cause);
  }

  #succeed(call: IncomingCall, value: unknown): void {
    if (this.#closed) {
      this.#finish(call);
      // Nobody will take the result: free what is open behind it.
      return discard(value);
    }
    try {
      this.#finish(call, this.#postResult(call.id, value));
    } catch (error) {
      this.#fail(call, error);
    }
  }

  #fail(call: IncomingCall, error: unknown): void {
    this.#finish(call);
    this.refuse(call.id, error);
  }

  /** Ends a call. The values that came with it are kept for the parts of its result that stay open, on `channels`. */
  #finish(call: IncomingCall, channels: readonly number[] = nothing): void {
    this.#calls.take(call.id);
    const { received } = call;
    if (received) for (const channel of channels) this.#peer.keep(channel, received);
    call.settle(channels.length > 0);
    // Nothing is running that could still send.
    if (this.#load === 0) this.#outbox.flush();
  }

  get #load(): number {
    return this.#calls.size + this.#inbox().waiting;
  }

  /** Returns the channels on which something of the result stays open. */
  #postResult(id: number, value: unknown): readonly number[] {
    // Calls that came together are answered together, and so are the last of many, although few calls are left.
    const mayWait = this.#load >= MANY || this.#outbox.isSharing || this.#inbox().isShared;
    if (mayWait && this.#outbox.addResult(id, value)) return nothing;
    const encoded = encodeResult(this.#peer, value);
    const { wire, placeholders, transfers, channels } = encoded;
    try {
      this.#outbox.post(
        placeholders.length > 0 ? [Op.placedResult, id, wire, placeholders] : [Op.result, id, wire],
        transfers,
      );
      return channels;
    } catch (error) {
      throw encoded.fail(error);
    }
  }
}
