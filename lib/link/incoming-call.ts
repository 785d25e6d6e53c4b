import { AsyncLocalStorage } from 'node:async_hooks';

/** A call of the other side that is being answered here. Its signal is made only when somebody asks for it. */
export class IncomingCall {
  readonly name: string;
  #controller: AbortController | undefined;
  /** Runs something where the signal was asked for: its listeners find the call that they belong to. */
  #inContext: ((run: () => void) => void) | undefined;
  #aborted: { readonly reason: unknown } | undefined;

  constructor(name: string) {
    this.name = name;
  }

  /** Aborted when the caller gave up, or is gone. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      this.#inContext = AsyncLocalStorage.snapshot();
      if (this.#aborted) this.#controller.abort(this.#aborted.reason);
    }
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    this.#aborted ??= { reason };
    this.#inContext?.(() => this.#controller?.abort(reason));
  }
}
