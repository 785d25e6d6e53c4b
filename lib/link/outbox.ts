import { performance } from 'node:perf_hooks';
import type { MessagePort } from 'node:worker_threads';
import { setImmediate } from '../core/timers.js';
import { Op, type Frame } from './protocol.js';
import type { Transferable } from './transfer.js';

/** With this many calls under way, a message for each costs more than waiting for the end of the turn. */
export const MANY = 96;
/** Longest wait of a frame, in milliseconds, even if the turn goes on. */
const LONGEST_WAIT_MS = 1;

/**
 * Sends the frames of one end of a link. Each message wakes a thread and costs the platform an event, so where frames are many,
 * those of one turn of the event loop share a message: frames that may wait do so until the turn ends, in order. They
 * refer to nothing that anyone could change.
 */
export class Outbox {
  readonly #port: MessagePort;
  #waiting: Frame[] = [];
  readonly #dropped = new Set<number>();
  #since = 0;
  #isScheduled = false;
  #isClosed = false;

  constructor(port: MessagePort) {
    this.#port = port;
  }

  /** True when no frame waits. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Sends a frame after those that wait. @throws the platform's error for a value that cannot be cloned */
  post(frame: Frame, transfer: readonly Transferable[] = []): void {
    this.flush();
    // An empty transfer list costs time as well.
    this.#port.postMessage(frame, transfer.length > 0 ? transfer : undefined);
  }

  /** Sends a frame at the end of the turn, or before. */
  add(frame: Frame): void {
    if (this.#isClosed) return;
    if (this.#waiting.push(frame) === 1) this.#begin();
    else if (performance.now() - this.#since > LONGEST_WAIT_MS) this.flush();
  }

  /** Sends what waits. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    const frames =
      this.#dropped.size === 0 ? this.#waiting : this.#waiting.filter((one) => this.#isMeant(one));
    this.#waiting = [];
    this.#dropped.clear();
    if (frames.length > 0)
      this.#port.postMessage(frames.length === 1 ? frames[0] : [Op.batch, frames], undefined);
  }

  /** Takes back a waiting call whose caller has given up. */
  drop(id: number): void {
    this.#dropped.add(id);
  }

  /** Nothing is sent any more. */
  close(): void {
    this.#isClosed = true;
    this.#waiting = [];
  }

  #isMeant([op, id]: Frame): boolean {
    return op !== Op.call || !this.#dropped.has(id);
  }

  #begin(): void {
    this.#since = performance.now();
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.flush();
    });
  }
}
