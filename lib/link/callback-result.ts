import { setImmediate } from '../core/timers.js';

type OnUntaken = (error: unknown) => void;

/** Rejections of call-backs: they end no thread, wherever they get to. */
const rejections = new WeakSet<object>();

/**
 * The answer of a call-back. It may be awaited like any promise; unlike any, it may be left: many call-backs tell something, and
 * nobody waits for them. A rejection that nobody takes would end the thread, or the host, and everything in it.
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

  // oxlint-disable-next-line unicorn/no-thenable -- It is a promise: only its own method knows who has taken it.
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
    // Only Promise's own method leaves it untaken.
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
  // Thrown by what was made of the answer: as wrong as anywhere else.
  else throw error;
}
