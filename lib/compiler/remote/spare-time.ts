/** Work for the time in which nothing is asked for. It begins after a pause, and is told to stop at the next task. */
export class SpareTime {
  readonly #pauseMs: number;
  readonly #work: (signal: AbortSignal) => unknown;
  #timer: NodeJS.Timeout | undefined;
  #stop = new AbortController();

  constructor(pauseMs: number, work: (signal: AbortSignal) => unknown) {
    this.#pauseMs = pauseMs;
    this.#work = work;
  }

  begin(): void {
    this.end();
    this.#stop = new AbortController();
    this.#timer = setTimeout(() => this.#work(this.#stop.signal), this.#pauseMs).unref();
  }

  /** Idempotent. */
  end(): void {
    clearTimeout(this.#timer);
    this.#stop.abort();
  }
}
