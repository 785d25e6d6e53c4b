/** A call of the other side that is being answered here. Its signal is made only when somebody asks for it. */
export class IncomingCall {
  readonly name: string;
  #controller: AbortController | undefined;
  #aborted: { readonly reason: unknown } | undefined;

  constructor(name: string) {
    this.name = name;
  }

  /** Aborted when the caller gave up, or is gone. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#aborted) this.#controller.abort(this.#aborted.reason);
    }
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    this.#aborted ??= { reason };
    this.#controller?.abort(reason);
  }
}
