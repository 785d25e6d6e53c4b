import { discard } from '../core/discard.js';
import { encodeError } from './error-codec.js';
import { IncomingCall } from './incoming-call.js';
import { markOf, type MarkPeer } from './marshal.js';
import { notCloneable } from './not-cloneable.js';
import { Op, type Frame, type Scope } from './protocol.js';
import { releaseSignal } from './signal.js';
import { transfersOf, type Transferable } from './transfer.js';

/** Answers a call of the other side: a value, a promise, or a throw. */
export type Answer = (scope: Scope, name: string, args: unknown[], call: IncomingCall) => unknown;

type Post = (frame: Frame, transfer?: readonly Transferable[]) => void;

/** The calls of the other side that are being answered here: each gets exactly one answer, while the link is open. */
export class IncomingCalls {
  readonly #peer: MarkPeer;
  readonly #answer: Answer;
  readonly #post: Post;
  readonly #calls = new Map<number, IncomingCall>();
  #closed = false;

  constructor(peer: MarkPeer, answer: Answer, post: Post) {
    this.#peer = peer;
    this.#answer = answer;
    this.#post = post;
  }

  /** Answers call `id`; `marked` says that marks stood for some of its arguments. */
  answer(id: number, scope: Scope, name: string, args: unknown[], marked: boolean): void {
    const call = new IncomingCall(name);
    this.#calls.set(id, call);
    const finish = (): void => {
      this.#calls.delete(id);
      // A signal follows the call it came with; of one that answered with a stream, until it is collected.
      if (marked) for (const value of args) if (value instanceof AbortSignal) releaseSignal(value);
    };
    const fail = (error: unknown): void => {
      finish();
      this.refuse(id, error);
    };
    const succeed = (value: unknown): void => {
      // Nobody will take it: what is open behind it must not stay so.
      if (this.#closed) return discard(value);
      try {
        if (this.#postResult(id, value)) this.#calls.delete(id);
        else finish();
      } catch (error) {
        fail(notCloneable('result', value, error));
      }
    };
    try {
      const outcome = this.#answer(scope, name, args, call);
      if (isThenable(outcome)) Promise.resolve(outcome).then(succeed, fail);
      else succeed(outcome);
    } catch (error) {
      fail(error);
    }
  }

  /** Rejects call `id` on the other side. */
  refuse(id: number, error: unknown): void {
    if (!this.#closed) this.#post([Op.thrown, id, encodeError(error)]);
  }

  /** The caller of `id` has given up. */
  abort(id: number, reason: unknown): void {
    this.#calls.get(id)?.abort(reason);
  }

  /** The callers have given up, all of them. */
  giveUp(cause: unknown): void {
    for (const call of this.#calls.values()) call.abort(cause);
  }

  /** The callers are gone: every call is aborted, none is answered. */
  close(cause: unknown): void {
    this.#closed = true;
    this.giveUp(cause);
    this.#calls.clear();
  }

  /** Whether the result stays open: it is an object on a channel. */
  #postResult(id: number, value: unknown): boolean {
    if (typeof value !== 'object' || value === null) {
      this.#post([Op.result, id, value]);
      return false;
    }
    const transfers = [...transfersOf(value)];
    const mark = markOf(this.#peer, value, transfers);
    try {
      this.#post(mark ? [Op.markedResult, id, mark] : [Op.result, id, value], transfers);
    } catch (error) {
      if (mark) this.#peer.withdraw(mark, error);
      throw error;
    }
    return mark !== undefined && 'channel' in mark;
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Partial<PromiseLike<unknown>>).then === 'function'
  );
}
