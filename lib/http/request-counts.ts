import { IdMap } from '../core/id-map.js';
import type { OutsideWork } from '../version/outside-work.js';
import type { RequestsNote } from './notes.js';

/** The requests that one thread reports; they count as calls of its version. */
export class RequestCounts {
  readonly #work: OutsideWork;
  readonly #thread: number;
  readonly #open = new IdMap<(failed: boolean) => void>();

  constructor(work: OutsideWork, thread: number) {
    this.#work = work;
    this.#thread = thread;
  }

  take({ begun, ended }: RequestsNote): void {
    for (let at = 0; at < begun.length; at += 2)
      this.#open.set(begun[at] as number, this.#work.begin(begun[at + 1] as string, this.#thread));
    for (let at = 0; at < ended.length; at += 3) {
      const [id, ms, failed] = [ended[at] as number, ended[at + 1] as number, ended[at + 2] === 1];
      const end = this.#open.take(id);
      if (end) end(failed);
      else this.#work.record(ms, failed);
    }
  }

  /** Handles the loss of the thread and of its requests. */
  fail(): void {
    for (const end of this.#open.values()) end(true);
    this.#open.clear();
  }
}
