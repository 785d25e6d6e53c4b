import type { OutsideWork } from '../version/outside-work.js';
import type { RequestsNote } from './notes.js';

/** The requests that one thread has, as it tells them: calls of its version. */
export class RequestCounts {
  readonly #work: OutsideWork;
  readonly #thread: number;
  readonly #open = new Map<number, (failed: boolean) => void>();

  constructor(work: OutsideWork, thread: number) {
    this.#work = work;
    this.#thread = thread;
  }

  take({ begun, ended }: RequestsNote): void {
    for (const [id, name] of begun) this.#open.set(id, this.#work.begin(name, this.#thread));
    for (const [id, ms, failed] of ended) {
      const end = this.#open.get(id);
      this.#open.delete(id);
      if (end) end(failed);
      else this.#work.record(ms, failed);
    }
  }

  /** The thread is gone, and what it had with it. */
  fail(): void {
    for (const end of this.#open.values()) end(true);
    this.#open.clear();
  }
}
