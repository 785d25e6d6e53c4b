import { subscribe } from 'node:diagnostics_channel';

/** Knows when the last request ended, because its handler may have left work running. */
export class Linger {
  readonly #ms: number;
  #lastRequestAt = -Infinity;

  /** @param ms is the time for which a thread lives on after its last request, in milliseconds. */
  constructor(ms: number) {
    this.#ms = ms;
    subscribe('http.server.response.finish', () => {
      this.#lastRequestAt = performance.now();
    });
  }

  /** Resolves `ms` milliseconds after the last request. */
  async over(): Promise<void> {
    for (;;) {
      const left = this.#lastRequestAt + this.#ms - performance.now();
      if (left <= 0) return;
      await new Promise((resolve) => setTimeout(resolve, left));
    }
  }
}
