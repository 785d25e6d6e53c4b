import type { MessagePort } from 'node:worker_threads';
import { setImmediate } from '../core/timers.js';
import type { Op, Payloads } from './protocol.js';

/** Receives every frame, in the order of sending. */
export type ReadFrame = <Kind extends Op>(op: Kind, connection: number, payload: Payloads[Kind]) => void;

/**
 * One end of a port on which all frames of one turn of the event loop travel in one message, because a message with fifty frames
 * costs the same as one with a single frame.
 */
export class BatchedPort {
  readonly #port: MessagePort;
  /** Frames in sequence, three elements each: one flat array is cloned faster than many small ones. */
  #frames: unknown[] = [];
  #transfer: ArrayBuffer[] = [];
  readonly #beforeFlush: (() => void)[] = [];
  #isScheduled = false;
  #closed = false;
  readonly #read: ReadFrame;
  /** Frames that have arrived and were not read yet. */
  #unread: unknown[] = [];

  /** `onClosed` is called when the other end is closed, or its thread is gone; not after {@link close}. */
  constructor(port: MessagePort, read: ReadFrame, onClosed: () => void) {
    this.#port = port;
    this.#read = read;
    port.on('message', (frames: unknown[]) => {
      this.#readAll(this.#unread.length > 0 ? [...this.#unread, ...frames] : frames);
    });
    port.on('close', () => {
      if (this.#closed) return;
      this.#closed = true;
      onClosed();
    });
  }

  /** Calls `say` before each message is posted, for reports that are made only once for each turn. */
  beforeFlush(say: () => void): void {
    this.#beforeFlush.push(say);
  }

  /** Sends a frame with this turn's message. What is in `transfer` is moved. */
  send<Kind extends Op>(
    op: Kind,
    connection: number,
    payload: Payloads[Kind],
    transfer?: readonly ArrayBuffer[],
  ): void {
    if (this.#closed) return;
    this.wake();
    this.#frames.push(op, connection, payload);
    if (transfer && transfer.length > 0) this.#transfer.push(...transfer);
  }

  /** Ensures that a message is posted at the end of this turn, even if no frame is waiting. */
  wake(): void {
    if (this.#isScheduled || this.#closed) return;
    this.#isScheduled = true;
    setImmediate(this.#flush);
  }

  /** Posts the waiting frames now, because this thread may not reach the end of the turn. */
  flush(): void {
    this.#flush();
  }

  close(): void {
    this.#flush();
    this.#closed = true;
    this.#port.close();
  }

  #readAll(frames: unknown[]): void {
    this.#unread = [];
    let at = 0;
    try {
      while (at < frames.length) {
        at += 3;
        this.#read(frames[at - 3] as Op, frames[at - 2] as number, frames[at - 1]);
      }
    } finally {
      // An app that handles its uncaught errors goes on after one, and the frames behind it belong to other connections.
      if (at < frames.length) {
        this.#unread = frames.slice(at);
        setImmediate(() => this.#closed || this.#readAll(this.#unread));
      }
    }
  }

  readonly #flush = (): void => {
    this.#isScheduled = false;
    if (this.#closed) return;
    for (const say of this.#beforeFlush) say();
    const [frames, transfer] = [this.#frames, this.#transfer];
    if (frames.length === 0) return;
    this.#frames = [];
    this.#transfer = [];
    this.#port.postMessage(frames, transfer);
  };
}
