import { subscribe } from 'node:diagnostics_channel';
import type { ServerResponse } from 'node:http';
import { performance, setTimeout } from '../core/timers.js';

/** Interval between two reports to the host, in milliseconds. */
const TELL_MS = 50;

/** Message that the platform publishes when a request of one of its servers begins, and when its response ends. */
interface RequestMessage {
  readonly socket: object;
  readonly response: ServerResponse;
}

/** Records the requests that this thread has answered, with durations; the host counts them as calls. */
export class RequestTimes {
  readonly #tell: (ended: readonly number[]) => void;
  /**
   * When the requests of each connection began that are not answered yet. They are answered in order, so nothing is kept for each
   * request: an entry in a `WeakMap` takes 0.4 µs, also of V8's collections.
   */
  readonly #began = new WeakMap<object, number[]>();
  /** Two numbers for each request: its milliseconds, and 1 if the answer reports a server error. */
  #ended: number[] = [];
  #lastEndedAt = -Infinity;
  #onEnded: () => void = () => {};

  constructor(tell: (ended: readonly number[]) => void) {
    this.#tell = tell;
    subscribe('http.server.request.start', (message) => this.#begun(message as RequestMessage));
    subscribe('http.server.response.finish', (message) => this.#finished(message as RequestMessage));
  }

  /** `performance.now()` when the last request ended. */
  get lastEndedAt(): number {
    return this.#lastEndedAt;
  }

  /** Calls `listener` whenever a request ends from now on. */
  set onEnded(listener: () => void) {
    this.#onEnded = listener;
  }

  /** Reports the requests since the last report. */
  flush(): void {
    const ended = this.#ended;
    this.#ended = [];
    if (ended.length > 0) this.#tell(ended);
  }

  #begun({ socket }: RequestMessage): void {
    const began = this.#began.get(socket);
    if (began) began.push(performance.now());
    else this.#began.set(socket, [performance.now()]);
  }

  #finished({ socket, response }: RequestMessage): void {
    this.#lastEndedAt = performance.now();
    this.#onEnded();
    const beganAt = this.#began.get(socket)?.shift();
    if (beganAt === undefined) return;
    if (this.#ended.length === 0) setTimeout(() => this.flush(), TELL_MS).unref();
    this.#ended.push(this.#lastEndedAt - beganAt, response.statusCode >= 500 ? 1 : 0);
  }
}
