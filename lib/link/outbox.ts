import { performance } from 'node:perf_hooks';
import type { MessagePort } from 'node:worker_threads';
import { setImmediate } from '../core/timers.js';
import { Batch } from './batch.js';
import { notePromises } from './continuation.js';
import type { Frame, Scope } from './protocol.js';
import type { Transferable } from './transfer.js';

/** With this many calls under way, a message for each costs more than waiting for the end of the turn. */
export const MANY = 96;
/** The same for calls that no answer has led to. */
export const SEVERAL = 2;
/** Frames go on sharing messages, fewer though they are, as long as a message carries that many. */
const ENOUGH = 8;
/** Longest wait of a frame, in milliseconds, even if the turn goes on. */
const LONGEST_WAIT_MS = 1;

/**
 * Sends the frames of one end of a link. Each message wakes a thread and costs the platform an event, so where frames are many,
 * those of one turn of the event loop share a message: frames that may wait do so until the turn ends, in order.
 */
export class Outbox {
  readonly #port: MessagePort;
  #waiting = new Batch();
  readonly #dropped = new Set<number>();
  /** Number of frames of the last message. */
  #lastSize = 0;
  #since = 0;
  #isScheduled = false;
  #isClosed = false;

  constructor(port: MessagePort) {
    this.#port = port;
  }

  /** True when no frame waits. */
  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  /** True while frames share messages. */
  get isSharing(): boolean {
    return this.#waiting.size > 0 || this.#lastSize >= ENOUGH;
  }

  /** True if several frames shared a message within the last millisecond. */
  get hasJustShared(): boolean {
    return this.#lastSize >= SEVERAL && performance.now() - this.#since < LONGEST_WAIT_MS;
  }

  /** Sends a frame after those that wait. @throws the platform's error for a value that cannot be cloned */
  post(frame: Frame, transfer: readonly Transferable[] = []): void {
    this.flush();
    this.#lastSize = 1;
    // An empty transfer list costs time as well.
    this.#port.postMessage(frame, transfer.length > 0 ? transfer : undefined);
  }

  /** Sends a call at the end of the turn, or before. Returns false if its arguments cannot wait. */
  addCall(id: number, scope: Scope, name: string, args: readonly unknown[]): boolean {
    const batch = this.#waiting;
    return batch.addCall(id, scope, name, args) && this.#added(batch);
  }

  /** Sends the answer to a call at the end of the turn, or before. Returns false if the result cannot wait. */
  addResult(id: number, value: unknown): boolean {
    const batch = this.#waiting;
    return batch.addResult(id, value) && this.#added(batch);
  }

  /** Sends what waits. */
  flush(): void {
    if (this.isEmpty) return;
    const batch = this.#dropped.size === 0 ? this.#waiting : this.#waiting.without(this.#dropped);
    this.#waiting = new Batch();
    // Clearing makes a new table, even of an empty set.
    if (this.#dropped.size > 0) this.#dropped.clear();
    this.#lastSize = batch.size;
    if (batch.size > 0 && !this.#isClosed) this.#port.postMessage(batch.frame, undefined);
  }

  /** Takes back a waiting call whose caller has given up. */
  drop(id: number): void {
    this.#dropped.add(id);
  }

  /** Makes this outbox send nothing any more. */
  close(): void {
    this.#isClosed = true;
    this.#waiting = new Batch();
  }

  /** Returns false if the frame came too late: a getter of its value has sent the batch. */
  #added(batch: Batch): boolean {
    if (batch !== this.#waiting) return false;
    if (batch.size === 1) this.#begin();
    else if (performance.now() - this.#since > LONGEST_WAIT_MS) this.flush();
    return true;
  }

  #begin(): void {
    this.#since = performance.now();
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    notePromises();
    setImmediate(() => {
      this.#isScheduled = false;
      this.flush();
    });
  }
}
