import { systemClock, type Clock } from '../core/clock.js';
import { isTimeable } from '../core/deadline.js';
import { clearInterval, setInterval } from '../core/timers.js';
import type { ThreadHandle } from './thread-handle.js';

/** A thread as the watchdog sees it. */
export type WatchedThread = Pick<ThreadHandle, 'ask' | 'crash'>;

/** Ends threads whose event loop does not answer although something is pending on them. */
export class Watchdog {
  readonly #stuckMs: number;
  readonly #everyMs: number;
  readonly #busy: () => Iterable<WatchedThread>;
  readonly #clock: Pick<Clock, 'now'>;
  /** Milliseconds, counted while this process ran, since each unanswered thread was asked. */
  readonly #silentMs = new Map<WatchedThread, number>();
  #timer: NodeJS.Timeout | undefined;
  #lookedAt = 0;

  /** `busy` returns the threads to check. */
  constructor(stuckMs: number, busy: () => Iterable<WatchedThread>, clock: Pick<Clock, 'now'> = systemClock) {
    this.#stuckMs = stuckMs;
    this.#everyMs = stuckMs / 2;
    this.#busy = busy;
    this.#clock = clock;
  }

  start(): void {
    if (!isTimeable(this.#everyMs)) return;
    this.#lookedAt = this.#clock.now();
    this.#timer = setInterval(() => this.look(), this.#everyMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Asks the busy threads that have answered the last time; ends those that have been silent for too long. */
  look(): void {
    const now = this.#clock.now();
    // If the host stood still, or was stopped with all of its threads, it knows nothing about them: their time starts again.
    const stoodStill = now - this.#lookedAt > 1.5 * this.#everyMs;
    this.#lookedAt = now;
    for (const [thread, silentMs] of this.#silentMs) {
      const soFarMs = stoodStill ? 0 : silentMs + this.#everyMs;
      this.#silentMs.set(thread, soFarMs);
      if (soFarMs < this.#stuckMs) continue;
      this.#silentMs.delete(thread);
      thread.crash(new Error(`its event loop has not answered for ${this.#stuckMs} ms (stuckMs)`));
    }
    for (const thread of this.#busy()) if (!this.#silentMs.has(thread)) this.#ask(thread);
  }

  #ask(thread: WatchedThread): void {
    this.#silentMs.set(thread, 0);
    const answered = (): void => void this.#silentMs.delete(thread);
    thread.ask('ping', []).then(answered, answered);
  }
}
