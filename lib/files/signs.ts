import { setTimeout as delay } from 'node:timers/promises';
import { performance } from '../core/timers.js';
import type { Patience } from './patience.js';

/** The signs that something has changed: when the last one came, and the paths they named. */
export class Signs {
  readonly #patience: Pick<Patience, 'longestMs'>;
  #lastAt = -Infinity;
  #named: Set<string> | undefined;

  constructor(patience: Pick<Patience, 'longestMs'>) {
    this.#patience = patience;
  }

  /** `performance.now()` at the last sign. */
  get lastAt(): number {
    return this.#lastAt;
  }

  add(path?: string): void {
    if (path !== undefined) this.#named?.add(path);
    this.#lastAt = performance.now();
  }

  /** Remembers the paths that signs name from now on, until they are {@link takeNamed taken}. */
  startNaming(): void {
    this.#named = new Set();
  }

  /** Returns the paths named since {@link startNaming}, and remembers no more. */
  takeNamed(): Iterable<string> {
    const named = this.#named ?? [];
    this.#named = undefined;
    return named;
  }

  /** Resolves when there has been no sign for `quietMs`, or signs have gone on for too long since `noticedAt`. */
  async quiet(noticedAt: number, quietMs: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      const until = Math.min(this.#lastAt + quietMs, noticedAt + this.#patience.longestMs);
      const leftMs = until - performance.now();
      if (leftMs <= 0) return;
      await delay(leftMs, undefined, { signal });
    }
  }
}
