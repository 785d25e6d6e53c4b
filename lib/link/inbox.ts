import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import { Op, type Frame } from './protocol.js';

/** What becomes of what arrives. Neither throws. */
export interface Reader {
  read(frame: unknown): void;
  /** Something arrived that the platform could not make a frame of. */
  unreadable(cause: unknown): void;
}

/** How many answers are read in one turn: what they resolve waits for the last of them. */
const ANSWERS_AT_ONCE = 64;

/** What arrives at one end of a link, one frame after the other, until it is closed. */
export class Inbox {
  readonly #port: MessagePort;
  readonly #reader: Reader;
  #closed = false;

  constructor(port: MessagePort, reader: Reader) {
    this.#port = port;
    this.#reader = reader;
    port.on('message', (frame: Frame) => {
      reader.read(frame);
      // An event a message costs more than an answer does. A call is not held up so: its turn ends with it.
      if (isAnswer(frame)) this.#readOn(isAnswer, ANSWERS_AT_ONCE);
    });
    port.on('messageerror', (cause: unknown) => reader.unreadable(cause));
  }

  /** Reads now what has arrived already; the event loop would come to it later. */
  readWaiting(): void {
    this.#readOn(() => true, Infinity);
  }

  /** Closes the port; nothing is read any more. */
  close(): void {
    this.#closed = true;
    this.#port.close();
  }

  /** Reads on for as long as something waits and what was read satisfies `goOn`, up to `limit` messages. */
  #readOn(goOn: (frame: Frame) => boolean, limit: number): void {
    for (let read = 0; read < limit && !this.#closed; read++) {
      let next: { message: unknown } | undefined;
      try {
        next = receiveMessageOnPort(this.#port);
      } catch (cause) {
        this.#reader.unreadable(cause);
        continue;
      }
      if (!next) return;
      const frame = next.message as Frame;
      this.#reader.read(frame);
      if (!goOn(frame)) return;
    }
  }
}

function isAnswer(frame: Frame): boolean {
  return (
    Array.isArray(frame) && (frame[0] === Op.result || frame[0] === Op.placedResult || frame[0] === Op.thrown)
  );
}
