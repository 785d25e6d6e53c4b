import { setImmediate } from '../core/timers.js';

type OnUntaken = (error: unknown) => void;

/** Rejections of call-backs, which must not end a thread wherever they surface. */
const rejections = new WeakSet<object>();

/**
 * The answer of a call-back. It may be awaited like any promise, or ignored: many call-backs only report something, and
 * nobody waits for them. An ordinary unhandled rejection would end the thread, or the host with everything in it.
 */
export class CallbackResult extends Promise<unknown> {
  #onUntaken: OnUntaken | undefined;
  #taken = false;

  /** `onUntaken` is told of a rejection that nobody has taken when its turn of the event loop ends. */
  static of(answer: Promise<unknown>, onUntaken: OnUntaken): CallbackResult {
    const noted = answer.catch((error: unknown) => {
      if (typeof error === 'object' && error !== null) rejections.add(error);
      throw error;
    });
    return new CallbackResult((resolve) => resolve(noted)).#guard(onUntaken);
  }

  // oxlint-disable-next-line unicorn/no-thenable -- The object is a promise: only its own `then` knows who has taken it.
  override then<Result1 = unknown, Result2 = never>(
    onFulfilled?: ((value: unknown) => Result1 | PromiseLike<Result1>) | null,
    onRejected?: ((reason: unknown) => Result2 | PromiseLike<Result2>) | null,
  ): Promise<Result1 | Result2> {
    this.#taken = true;
    // `then` makes promises of this class, because it is a subclass of Promise.
    const next: Promise<Result1 | Result2> = super.then(onFulfilled, onRejected);
    if (this.#onUntaken) void (next as unknown as CallbackResult).#guard(this.#onUntaken);
    return next;
  }

  #guard(onUntaken: OnUntaken): this {
    this.#onUntaken = onUntaken;
    // Calling Promise's own method does not mark the answer as taken.
    const settled = super.then(undefined, (error: unknown) => {
      setImmediate(() => {
        if (!this.#taken) report(error, onUntaken);
      });
    });
    void settled;
    return this;
  }
}

function report(error: unknown, onUntaken: OnUntaken): void {
  const isOurs = typeof error !== 'object' || error === null || rejections.has(error);
  if (isOurs) onUntaken(error);
  // Code that followed the answer threw: this is an ordinary error.
  else throw error;
}
