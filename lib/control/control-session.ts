import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { LiveswapError, messageOf } from '../core/errors.js';
import {
  lineOf,
  parseRequest,
  type ChangeRequest,
  type ControlError,
  type ControlReply,
  type ControlRequest,
  type ReloadRequest,
} from './protocol.js';

/** The part of a swapper that a socket can access. */
export interface Controlled {
  status(): unknown;
  reload(request: Omit<ReloadRequest, 'wait'>): Promise<unknown>;
  rollback(request: Omit<ChangeRequest, 'wait'>): Promise<unknown>;
  /** Calls `listener` with every event, as plain data, until the returned function is called. */
  subscribe(listener: (event: unknown) => void): () => void;
}

/** Requests that have a single answer. */
type Asked = Exclude<ControlRequest, { readonly command: 'events' }>;

/** Maximum line length: a longer line is not a valid command. */
const MOST_LINE_BYTES = 64 * 1_024;
/** Maximum backlog to which a line is added: a client that lags behind further is disconnected, because nothing is kept for it. */
const MOST_UNREAD_BYTES = 4 * 1_024 * 1_024;

/** One client of a control socket: each line is a command, answered by a line. */
export class ControlSession {
  readonly #socket: Socket;
  readonly #controlled: Controlled;
  #unsubscribe: (() => void) | undefined;
  #unanswered = 0;
  #hasEnded = false;

  constructor(socket: Socket, controlled: Controlled) {
    this.#socket = socket;
    this.#controlled = controlled;
    // A disconnected client needs no error.
    socket.on('error', () => {});
    socket.unref();
    socket.once('close', () => this.#unsubscribe?.());
    let unread = 0;
    socket.on('data', (chunk: Buffer) => {
      unread = chunk.includes('\n') ? 0 : unread + chunk.length;
      if (unread > MOST_LINE_BYTES) socket.destroy();
    });
    createInterface({ input: socket, crlfDelay: Infinity })
      .on('line', (line) => void this.#answer(line))
      .on('close', () => {
        this.#hasEnded = true;
        this.#endWhenAnswered();
      })
      .on('error', () => {});
  }

  /** Ends the connection. Followers are told: to them, any other end means that the process has died. */
  close(): void {
    if (this.#unsubscribe) this.#send({ ok: true, result: { type: 'closed' } });
    this.#unsubscribe?.();
    this.#socket.end();
  }

  /** Ends the connection without waiting until the client has read what is sent. */
  destroy(): void {
    this.#socket.destroy();
  }

  async #answer(line: string): Promise<void> {
    if (line.trim() === '') return;
    this.#unanswered++;
    try {
      const request = parseRequest(line);
      if (request.command === 'events') this.#follow();
      else this.#send({ ok: true, result: await this.#run(request) });
    } catch (error) {
      this.#send({ ok: false, error: describe(error) });
    } finally {
      this.#unanswered--;
      this.#endWhenAnswered();
    }
  }

  /**
   * Ends the connection once all answers are sent: a client may announce that it asks nothing more, and still wait for its
   * answers, as `nc -N` does.
   */
  #endWhenAnswered(): void {
    if (this.#hasEnded && this.#unanswered === 0) this.#socket.end();
  }

  async #run({ command, options }: Asked): Promise<unknown> {
    switch (command) {
      case 'status':
        return this.#controlled.status();
      case 'reload': {
        const { wait, ...request } = options;
        return this.#change(wait, this.#controlled.reload(request));
      }
      case 'rollback': {
        const { wait, ...request } = options;
        return this.#change(wait, this.#controlled.rollback(request));
      }
      default:
        return command satisfies never;
    }
  }

  #follow(): void {
    this.#send({ ok: true, result: 'following' });
    this.#unsubscribe ??= this.#controlled.subscribe((event) => this.#send({ ok: true, result: event }));
  }

  async #change(wait: boolean, change: Promise<unknown>): Promise<unknown> {
    if (wait) return change;
    // The outcome is reported as an event and in the log.
    change.catch(() => {});
    return 'accepted';
  }

  /** Sends a line, however long: the status of a busy swapper may be larger than the backlog that a client may have before it. */
  #send(reply: ControlReply): void {
    if (this.#socket.writableLength > MOST_UNREAD_BYTES) this.#socket.destroy();
    if (!this.#socket.destroyed) this.#socket.write(lineOf(reply));
  }
}

function describe(error: unknown): ControlError {
  const causes: string[] = [];
  for (let cause = causeOf(error); cause !== undefined && causes.length < 5; cause = causeOf(cause))
    causes.push(messageOf(cause));
  return {
    code: error instanceof LiveswapError ? error.code : 'INTERNAL',
    message: messageOf(error),
    causes,
  };
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}
