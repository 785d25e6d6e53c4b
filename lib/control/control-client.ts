import { connect, type Socket } from 'node:net';
import { createInterface, type Interface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { withDeadline } from '../core/deadline.js';
import { errorCodes, LiveswapError, messageOf, type ErrorCode } from '../core/errors.js';
import {
  CONTROL_PROTOCOL,
  lineOf,
  type ControlCommand,
  type ControlCommands,
  type ControlError,
  type ControlReply,
  type ControlRequest,
} from './protocol.js';

/** Milliseconds for an answer that a swapper gives at once. The thread of its process may be busy for a while. */
const ANSWER_MS = 10_000;

/** One connection to a control socket. */
export class ControlClient implements AsyncDisposable {
  readonly #socket: Socket;
  readonly #path: string;
  readonly #answerMs: number;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;

  private constructor(socket: Socket, path: string, answerMs: number) {
    this.#socket = socket;
    this.#path = path;
    this.#answerMs = answerMs;
    this.#reader = createInterface({ input: socket, crlfDelay: Infinity });
    // A lost connection is reported by the end of the lines.
    this.#reader.on('error', () => {});
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  /**
   * Connects to the swapper at `path`, which has `answerMs` milliseconds for each answer that needs no change of generation.
   * @throws LiveswapError `CONTROL_FAILED` when nothing listens at the path
   */
  static async open(path: string, answerMs = ANSWER_MS): Promise<ControlClient> {
    const socket = connect(path);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', (cause) =>
        reject(
          new LiveswapError('CONTROL_FAILED', `No swapper answers at ${path}: ${messageOf(cause)}.`, {
            path,
            cause,
          }),
        ),
      );
    });
    socket.on('error', () => {});
    return new ControlClient(socket, path, answerMs);
  }

  /**
   * Sends a command and waits for the answer. Even to a stopped process, the kernel makes a connection. A change is therefore
   * requested only from a swapper that answers: otherwise, the change would take place whenever that process continues.
   * @throws LiveswapError with the swapper's own code when it refuses, `CONTROL_FAILED` when it does not answer or the connection
   * is lost
   */
  async ask<Command extends ControlCommand>(
    command: Command,
    options: ControlCommands[Command],
  ): Promise<unknown> {
    const isChange = 'wait' in options;
    if (isChange) await this.ask('status', {});
    this.#socket.write(lineOf({ protocol: CONTROL_PROTOCOL, command, options } as ControlRequest));
    const answer = this.#next();
    // A change takes as long as the hooks of its plugins, which have deadlines of their own.
    if (isChange && options.wait) return this.#whileAnswering(answer);
    return withDeadline(answer, this.#answerMs, () => this.#giveUp());
  }

  /**
   * Yields events from now on, up to `closed`.
   * @throws LiveswapError `CONTROL_FAILED` when the connection ends before it
   */
  async *events(): AsyncGenerator<unknown> {
    await this.ask('events', {});
    for (let isClosed = false; !isClosed;) {
      const event = await this.#next();
      isClosed = (event as { type?: unknown } | null)?.type === 'closed';
      yield event;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#reader.close();
    this.#socket.destroy();
  }

  /** Waits for `answer` as long as the swapper answers others: a process that is stopped keeps its connections. */
  async #whileAnswering(answer: Promise<unknown>): Promise<unknown> {
    const waiting = new AbortController();
    try {
      return await Promise.race([answer, this.#untilSilent(waiting.signal)]);
    } finally {
      waiting.abort();
    }
  }

  /** Rejects when the swapper does not answer a client beside this one. */
  async #untilSilent(signal: AbortSignal): Promise<never> {
    for (;;) {
      await setTimeout(this.#answerMs, undefined, { signal });
      const beside = await ControlClient.open(this.#path, this.#answerMs).catch(() => undefined);
      // Somebody may have removed the file of a socket. The end of a process closes this connection as well.
      if (!beside) continue;
      const leave = (): unknown => beside[Symbol.asyncDispose]();
      signal.addEventListener('abort', leave);
      try {
        signal.throwIfAborted();
        await beside.ask('status', {});
      } finally {
        signal.removeEventListener('abort', leave);
        leave();
      }
    }
  }

  async #next(): Promise<unknown> {
    const { value, done } = await this.#lines.next();
    if (done) throw this.#lost();
    return this.#read(value);
  }

  /** Gives up the connection: a late answer would be taken for that of the next command. */
  #giveUp(): LiveswapError {
    this.#socket.destroy();
    return new LiveswapError(
      'CONTROL_FAILED',
      `The swapper at ${this.#path} has not answered within ${this.#answerMs} ms: its process is stopped, or its thread is busy; \`liveswap ps\` names the process.`,
      { path: this.#path },
    );
  }

  #lost(): LiveswapError {
    return new LiveswapError(
      'CONTROL_FAILED',
      `The swapper at ${this.#path} has ended the connection too early: its process has died, or what it sent was read too slowly; \`liveswap ps\` lists what runs.`,
      { path: this.#path },
    );
  }

  #read(line: string): unknown {
    const reply = replyIn(line);
    if (!reply) throw notSwapper(this.#path);
    if (!reply.ok) throw refusalOf(reply.error);
    return reply.result;
  }
}

/** Returns the reply that a line holds; `undefined` when it holds none. */
function replyIn(line: string): ControlReply | undefined {
  try {
    const reply = JSON.parse(line) as Partial<ControlReply> | null;
    const isAnswer = reply?.ok === true;
    const isRefusal = reply?.ok === false && Array.isArray(reply.error?.causes);
    return isAnswer || isRefusal ? (reply as ControlReply) : undefined;
  } catch {
    return undefined;
  }
}

function notSwapper(path: string): LiveswapError {
  return new LiveswapError(
    'CONTROL_FAILED',
    `The process that listens at ${path} does not answer as a swapper does; \`liveswap ps\` lists the sockets of swappers.`,
    { path },
  );
}

/** Creates the error for a refusal by a swapper, with its causes. */
function refusalOf({ code, message, causes }: ControlError): LiveswapError {
  const cause = causes.reduceRight<Error | undefined>(
    (beneath, text) => new Error(text, { cause: beneath }),
    undefined,
  );
  return new LiveswapError(code in errorCodes ? (code as ErrorCode) : 'INTERNAL', message, { cause });
}
