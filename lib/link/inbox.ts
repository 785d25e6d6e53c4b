import { performance } from 'node:perf_hooks';
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import { setImmediate } from '../core/timers.js';
import { framesOf } from './batch.js';
import { isFrame } from './check-frame.js';
import { Op, type EncodedError } from './protocol.js';

/** Handles everything that arrives. None of its methods throws. */
export interface Reader {
  read(frame: unknown): void;
  /** The caller of an unread call has given up. */
  abandoned(id: number, reason: EncodedError): void;
  /** A message arrived that the platform could not read. */
  unreadable(cause: unknown): void;
}

/** Number of answers that are read in one turn: the code that they resume waits for the last of them. */
const ANSWERS_AT_ONCE = 64;
/**
 * Number of calls of one message that are begun, and the time for it, before timers, I/O and the begun calls have their turn.
 */
const SLICE_CALLS = 32;
const SLICE_MS = 1;

/** Receives at one end of a link, one frame after the other, until it is closed. */
export class Inbox {
  readonly #port: MessagePort;
  readonly #reader: Reader;
  /** Frames that arrived in one message and after it, and how many of them were read. */
  #backlog: unknown[] = [];
  #read = 0;
  #lastSize = 1;
  #closed = false;

  constructor(port: MessagePort, reader: Reader) {
    this.#port = port;
    this.#reader = reader;
    port.on('message', (message: unknown) => {
      // An event for each message costs more than handling an answer, so further answers are read at once. A call ends this
      // reading, so calls are not held up.
      if (this.#arrive(message)) this.#readOn(true, ANSWERS_AT_ONCE);
    });
    port.on('messageerror', (cause: unknown) => reader.unreadable(cause));
  }

  /** Frames that have arrived and are still to be read. */
  get waiting(): number {
    return this.#backlog.length - this.#read;
  }

  /** True while the last message had several frames. */
  get isShared(): boolean {
    return this.#lastSize > 1;
  }

  /** Reads arrived messages now, before the event loop does. */
  readWaiting(): void {
    this.#readBacklog();
    this.#readOn(false, Infinity);
    this.#readBacklog();
  }

  /** Closes the port; nothing is read any more. */
  close(): void {
    this.#closed = true;
    this.#port.close();
  }

  /** Reads a message, unless others wait before it. Returns whether it was one answer. */
  #arrive(message: unknown): boolean {
    const frames = framesOf(message);
    this.#lastSize = frames.length;
    if (this.waiting === 0 && frames.length === 1) {
      this.#reader.read(frames[0]);
      return isAnswer(frames[0]);
    }
    const isIdle = this.waiting === 0;
    if (!isIdle && frames.length === 1) this.#skipAbandoned(frames[0]);
    for (const frame of frames) this.#backlog.push(frame);
    if (isIdle) this.#readSlice();
    return false;
  }

  /** Reads on while frames wait or answers arrive, up to `limit` messages. */
  #readOn(onlyAnswers: boolean, limit: number): void {
    for (let read = 0; read < limit && !this.#closed; read++) {
      let received: { message: unknown } | undefined;
      try {
        received = receiveMessageOnPort(this.#port);
      } catch (cause) {
        this.#reader.unreadable(cause);
        continue;
      }
      if (!received || (!this.#arrive(received.message) && onlyAnswers)) return;
    }
  }

  readonly #readSlice = (): void => {
    const since = performance.now();
    for (let calls = 0; this.waiting > 0 && !this.#closed;) {
      const frame = this.#backlog[this.#read++];
      this.#reader.read(frame);
      if (isAnswer(frame) || (++calls < SLICE_CALLS && performance.now() - since < SLICE_MS)) continue;
      if (this.waiting === 0) break;
      setImmediate(this.#readSlice);
      return;
    }
    this.#backlog = [];
    this.#read = 0;
  };

  #readBacklog(): void {
    while (this.waiting > 0 && !this.#closed) this.#reader.read(this.#backlog[this.#read++]);
  }

  /** Sees to it that calls whose callers gave up before the calls began are never begun. */
  #skipAbandoned(frame: unknown): void {
    if (!isFrame(frame) || frame[0] !== Op.abort) return;
    const [, given, reason] = frame;
    const ids = new Set<unknown>(given);
    const waiting = this.#backlog.slice(this.#read);
    const isAbandoned = (one: unknown): boolean => isCall(one) && ids.has(one[1]);
    this.#backlog = waiting.filter((one) => !isAbandoned(one));
    this.#read = 0;
    for (const call of waiting.filter(isAbandoned))
      this.#reader.abandoned((call as [number, number])[1], reason);
  }
}

function isAnswer(frame: unknown): boolean {
  if (!Array.isArray(frame)) return false;
  const op: unknown = frame[0];
  return op === Op.result || op === Op.placedResult || op === Op.thrown;
}

function isCall(frame: unknown): frame is readonly unknown[] {
  return Array.isArray(frame) && (frame[0] === Op.call || frame[0] === Op.placedCall);
}
