import type { MessagePort } from 'node:worker_threads';
import { Channel } from './channel.js';
import { exposeOn, wrapOn, type ChannelObject, type Methods } from './channel-object.js';
import { decodeError, encodeError } from './error-codec.js';
import { IncomingCall } from './incoming-call.js';
import { markArguments, markOf, readMark, restoreArguments, type MarkPeer } from './marshal.js';
import { notCloneable } from './not-cloneable.js';
import { Op, SURFACE_CHANNEL, type Frame, type Scope } from './protocol.js';
import { releaseSignal } from './signal.js';
import { transfersOf, type Transferable } from './transfer.js';

/** Who waits for the answer to a call. Exactly one of the two is called, once. */
export interface Reply {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** What the two ends of a link do differently. */
export interface LinkOptions {
  /** How this end numbers the channels it opens: the two ends must differ. */
  readonly channels: 'even' | 'odd';
  /** Answers a call of the other side: a value, a promise, or a throw. */
  readonly answer: (scope: Scope, name: string, args: unknown[], call: IncomingCall) => unknown;
  /** What the other side may call over Comlink: lifecycle, not traffic. */
  readonly surface?: Methods;
  /** Live data from its wire form; without it, live data arrives as it is on the wire. */
  readonly liveData?: (wire: object) => unknown;
  /** Counts something as pending until the returned function is called. */
  readonly hold?: () => () => void;
  /** The other side closed its port, or its thread is gone. The link still has to be closed, with the cause. */
  readonly onLost?: () => void;
}

const noHold = (): (() => void) => () => {};

/**
 * One end of the connection between two threads. A call is one frame and its answer another; whatever has an identity
 * (call-backs, streams, iterators, signals, and the control surface) is a Comlink object on a channel of the same port.
 * Unlike Comlink's, every request is settled: when the link closes, with what it was closed with.
 */
export class Link implements MarkPeer {
  readonly #port: MessagePort;
  readonly #options: LinkOptions;
  readonly #pending = new Map<number, Reply>();
  readonly #incoming = new Map<number, IncomingCall>();
  readonly #channels = new Map<number, Channel>();
  readonly hold: () => () => void;
  readonly liveData: (wire: object) => unknown;
  #lastCall = 0;
  #lastChannel: number;
  #closed: { readonly cause: unknown } | undefined;

  constructor(port: MessagePort, options: LinkOptions) {
    this.#port = port;
    this.#options = options;
    this.hold = options.hold ?? noHold;
    this.liveData = options.liveData ?? ((wire) => wire);
    this.#lastChannel = options.channels === 'even' ? 2 : 1;
    if (options.surface) exposeOn(this.#openChannel(SURFACE_CHANNEL), this, options.surface);
    port.on('message', (frame: Frame) => this.#receive(frame));
    // A frame that cannot be read may have been anybody's answer: losing the link settles them all.
    port.on('messageerror', () => this.#lost());
    port.on('close', () => this.#lost());
  }

  /** Calls of this side that have no answer yet. */
  get pending(): number {
    return this.#pending.size;
  }

  /** The surface that the other side exposed. */
  surface(): ChannelObject {
    return this.wrap(SURFACE_CHANNEL);
  }

  /**
   * Sends a call and returns its id, for {@link abort}; `reply` is told the answer, or why there will be none:
   * `NOT_CLONEABLE`, what was thrown, or what the link was closed with.
   */
  send(
    scope: Scope,
    name: string,
    args: readonly unknown[],
    transfer: readonly unknown[],
    reply: Reply,
  ): number {
    if (this.#closed) {
      reply.reject(this.#closed.cause);
      return 0;
    }
    const id = ++this.#lastCall;
    const transfers = [...transfer] as Transferable[];
    const { wire, marks } = markArguments(this, args, transfers);
    this.#pending.set(id, reply);
    try {
      this.#post(
        marks.length === 0 ? [Op.call, id, scope, name, wire] : [Op.markedCall, id, scope, name, wire, marks],
        transfers,
      );
    } catch (error) {
      for (const [, mark] of marks) if ('channel' in mark) this.#channels.get(mark.channel)?.close(error);
      this.#take(id)?.reject(notCloneable('arguments', wire, error));
    }
    return id;
  }

  /** Tells the other side that nobody waits for call `id` any more; its answer is still awaited. */
  abort(id: number, reason: unknown): void {
    if (!this.#closed && this.#pending.has(id)) this.#post([Op.abort, id, encodeError(reason)]);
  }

  expose(methods: Methods, onRelease?: () => void): number {
    const number = (this.#lastChannel += 2);
    exposeOn(this.#openChannel(number, onRelease), this, methods);
    return number;
  }

  wrap(channel: number): ChannelObject {
    return wrapOn(this.#channels.get(channel) ?? this.#openChannel(channel), this);
  }

  /** Closes the port; what is pending on this side rejects with `cause`, what the other side had called is aborted. */
  close(cause: unknown): void {
    if (this.#closed) return;
    this.#closed = { cause };
    this.#port.close();
    for (const reply of this.#pending.values()) reply.reject(cause);
    this.#pending.clear();
    for (const channel of this.#channels.values()) channel.close(cause);
    this.#channels.clear();
    for (const call of this.#incoming.values()) call.abort(cause);
    this.#incoming.clear();
  }

  #lost(): void {
    if (!this.#closed) this.#options.onLost?.();
  }

  #openChannel(number: number, onRelease?: () => void): Channel {
    const channel = new Channel(
      (message, transfer) => this.#post([Op.channel, number, message], transfer),
      () => {
        if (this.#channels.delete(number)) onRelease?.();
      },
    );
    if (this.#closed) channel.close(this.#closed.cause);
    else this.#channels.set(number, channel);
    return channel;
  }

  #post(frame: Frame, transfer?: readonly Transferable[]): void {
    this.#port.postMessage(frame, transfer);
  }

  #receive(frame: Frame): void {
    switch (frame[0]) {
      case Op.call:
        return this.#answer(frame[1], frame[2], frame[3], frame[4] as unknown[], false);
      case Op.markedCall:
        return this.#answer(
          frame[1],
          frame[2],
          frame[3],
          restoreArguments(this, frame[4] as unknown[], frame[5]),
          true,
        );
      case Op.result:
        return this.#take(frame[1])?.resolve(frame[2]);
      case Op.markedResult:
        return this.#take(frame[1])?.resolve(readMark(this, frame[2]));
      case Op.thrown:
        return this.#take(frame[1])?.reject(decodeError(frame[2]));
      case Op.abort:
        return this.#incoming.get(frame[1])?.abort(decodeError(frame[2]));
      case Op.channel:
        return this.#channels.get(frame[1])?.receive(frame[2] as never);
      default:
        return frame satisfies never;
    }
  }

  #take(id: number): Reply | undefined {
    const reply = this.#pending.get(id);
    this.#pending.delete(id);
    return reply;
  }

  #answer(id: number, scope: Scope, name: string, args: unknown[], marked: boolean): void {
    const call = new IncomingCall(name);
    this.#incoming.set(id, call);
    const finish = (): void => {
      this.#incoming.delete(id);
      // A signal follows the call it came with; of one that answered with a stream, until it is collected.
      if (marked) for (const value of args) if (value instanceof AbortSignal) releaseSignal(value);
    };
    const fail = (error: unknown): void => {
      finish();
      if (!this.#closed) this.#post([Op.thrown, id, encodeError(error)]);
    };
    const succeed = (value: unknown): void => {
      if (this.#closed) return;
      try {
        if (this.#postResult(id, value)) this.#incoming.delete(id);
        else finish();
      } catch (error) {
        fail(notCloneable('result', value, error));
      }
    };
    let outcome: unknown;
    try {
      outcome = this.#options.answer(scope, name, args, call);
    } catch (error) {
      return fail(error);
    }
    if (isThenable(outcome)) void outcome.then(succeed, fail);
    else succeed(outcome);
  }

  /** Whether the result stays open: it is an object on a channel. */
  #postResult(id: number, value: unknown): boolean {
    if (typeof value !== 'object' || value === null) {
      this.#post([Op.result, id, value]);
      return false;
    }
    const transfers = [...transfersOf(value)];
    const mark = markOf(this, value, transfers);
    this.#post(mark ? [Op.markedResult, id, mark] : [Op.result, id, value], transfers);
    return mark !== undefined && mark.kind !== 'error';
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Partial<PromiseLike<unknown>>).then === 'function'
  );
}
