import { IdMap } from '../../core/id-map.js';
import type { RequestsNote } from '../notes.js';

/** A request that is being answered. */
interface Entry {
  readonly name: string;
  readonly beganAt: number;
}

/** Counts the requests of this thread, and tells the host about them once in each turn of the event loop. */
export class RequestLog {
  readonly #open = new IdMap<Entry>();
  #untold: number[] = [];
  #ended: number[] = [];
  #last = 0;

  /** A request has begun; the returned function ends it, once. */
  begin(name: string): (failed: boolean) => void {
    const id = ++this.#last;
    const entry: Entry = { name, beganAt: performance.now() };
    this.#open.set(id, entry);
    this.#untold.push(id);
    return (failed) => {
      if (this.#open.take(id)) this.#ended.push(id, performance.now() - entry.beganAt, failed ? 1 : 0);
    };
  }

  /** Returns the report for this turn, if there is anything to report. */
  take(): RequestsNote | undefined {
    const begun: (number | string)[] = [];
    for (const id of this.#untold) {
      const entry = this.#open.get(id);
      if (entry) begun.push(id, entry.name);
    }
    const ended = this.#ended;
    if (this.#untold.length === 0 && ended.length === 0) return undefined;
    this.#untold = [];
    this.#ended = [];
    return { kind: 'requests', begun, ended };
  }
}
