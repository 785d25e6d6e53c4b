import { setImmediate } from 'node:timers/promises';
import { LONGEST_DELAY_MS, withDeadline } from '../core/deadline.js';
import type { ThreadHandle } from './thread-handle.js';

/** Ends threads whose event loop does not answer although something is pending on them. */
export class Watchdog {
  readonly #stuckMs: number;
  readonly #busy: () => Iterable<ThreadHandle>;
  readonly #asked = new WeakSet<ThreadHandle>();
  #timer: NodeJS.Timeout | undefined;

  /** `busy` are the threads to look at. */
  constructor(stuckMs: number, busy: () => Iterable<ThreadHandle>) {
    this.#stuckMs = stuckMs;
    this.#busy = busy;
  }

  start(): void {
    this.#timer = setInterval(
      () => {
        for (const thread of this.#busy()) void this.#ask(thread);
      },
      Math.min(this.#stuckMs / 2, LONGEST_DELAY_MS),
    );
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #ask(thread: ThreadHandle): Promise<void> {
    if (this.#asked.has(thread)) return;
    this.#asked.add(thread);
    let answered = false;
    const note = (): void => {
      answered = true;
    };
    const began = performance.now();
    const answer = thread.ask('ping', []).then(note, note);
    await withDeadline(answer, this.#stuckMs, () => undefined).catch(() => {});
    // A host that was busy itself has not looked at the answer yet; one that stood still knows nothing of the thread.
    if (!answered) await setImmediate();
    const stoodStill = performance.now() - began > 2 * this.#stuckMs;
    this.#asked.delete(thread);
    if (answered || stoodStill) return;
    thread.crash(new Error(`its event loop has not answered for ${this.#stuckMs} ms (stuckMs)`));
  }
}
