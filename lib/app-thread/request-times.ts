import { subscribe } from 'node:diagnostics_channel';
import type { ServerResponse } from 'node:http';
import { performance, setTimeout } from '../core/timers.js';

/** Interval at which the host is told, in milliseconds. */
const TELL_MS = 50;

/** The requests that this thread has answered, and the time that each took: the host counts them as calls. */
export class RequestTimes {
  readonly #tell: (ended: readonly number[]) => void;
  readonly #began = new WeakMap<object, number>();
  /** For each request its milliseconds, and 1 where its answer says that the server failed. */
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

  /** Tells of those that were not told of. */
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
