import { subscribe } from 'node:diagnostics_channel';
import type { ServerResponse } from 'node:http';
import { performance, setTimeout } from '../core/timers.js';

/** Interval between two reports to the host, in milliseconds. */
const TELL_MS = 50;

/** Records the requests that this thread has answered, with durations; the host counts them as calls. */
export class RequestTimes {
  readonly #tell: (ended: readonly number[]) => void;
  readonly #began = new WeakMap<object, number>();
  /** Two numbers for each request: its milliseconds, and 1 if the answer reports a server error. */
  #ended: number[] = [];

  constructor(tell: (ended: readonly number[]) => void) {
    this.#tell = tell;
    subscribe('http.server.request.start', (message) => {
      this.#began.set((message as { response: ServerResponse }).response, performance.now());
    });
    subscribe('http.server.response.finish', (message) => {
      this.#finished((message as { response: ServerResponse }).response);
    });
  }

  /** Reports the requests since the last report. */
  flush(): void {
    const ended = this.#ended;
    this.#ended = [];
    if (ended.length > 0) this.#tell(ended);
  }

  #finished(response: ServerResponse): void {
    const beganAt = this.#began.get(response);
    if (beganAt === undefined) return;
    if (this.#ended.length === 0) setTimeout(() => this.flush(), TELL_MS).unref();
    this.#ended.push(performance.now() - beganAt, response.statusCode >= 500 ? 1 : 0);
  }
}
