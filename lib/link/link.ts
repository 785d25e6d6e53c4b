import type { MessagePort } from 'node:worker_threads';
import { discard } from '../core/discard.js';
import { answerForGone, Channel, type ComlinkMessage } from './channel.js';
import { exposeOn, wrapOn, type ChannelObject, type Methods } from './channel-object.js';
import { decodeError, encodeError } from './error-codec.js';
import { Inbox } from './inbox.js';
import { IncomingCalls, type Answer } from './incoming-calls.js';
import { markArguments, readMark, restoreArguments, unmarked, type MarkPeer } from './marshal.js';
import { notCloneable, unreadable } from './not-cloneable.js';
import { Op, SURFACE_CHANNEL, type Frame, type Mark, type MarkedArgument, type Scope } from './protocol.js';
import type { Transferable } from './transfer.js';

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
  readonly answer: Answer;
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
  readonly #inbox: Inbox;
  readonly #options: LinkOptions;
  readonly #pending = new Map<number, Reply>();
  readonly #incoming: IncomingCalls;
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
    this.#incoming = new IncomingCalls(this, options.answer, (frame, transfer) =>
      this.#post(frame, transfer),
    );
    this.#lastChannel = options.channels === 'even' ? 2 : 1;
    if (options.surface) exposeOn(this.#openChannel(SURFACE_CHANNEL), this, options.surface);
    this.#inbox = new Inbox(port, {
      read: (frame) => this.#read(frame),
      unreadable: (cause) => this.#unreadable(cause),
    });
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
    const marks: MarkedArgument[] = [];
    this.#pending.set(id, reply);
    try {
      const wire = markArguments(this, args, transfers, marks);
      this.#post(
        marks.length === 0 ? [Op.call, id, scope, name, wire] : [Op.markedCall, id, scope, name, wire, marks],
        transfers,
      );
    } catch (error) {
      for (const [, mark] of marks) this.withdraw(mark, error);
      this.#take(id)?.reject(notCloneable('arguments', unmarked(args, marks), error));
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

  withdraw(mark: Mark, cause: unknown): void {
    if ('channel' in mark) this.#channels.get(mark.channel)?.close(encodeError(cause));
  }

  /** Reads now what has arrived already; the event loop would come to it later. */
  readWaiting(): void {
    this.#inbox.readWaiting();
  }

  /**
   * Ends the traffic, not the link: what is pending on this side rejects with `cause`, what the other side had called is aborted,
   * what either holds open of the other is let go of. The surface can still be reached.
   */
  interrupt(cause: unknown): void {
    const replies = [...this.#pending.values()];
    this.#pending.clear();
    for (const reply of replies) reply.reject(cause);
    const error = encodeError(cause);
    for (const [number, channel] of this.#channels) if (number !== SURFACE_CHANNEL) channel.close(error);
    this.#incoming.giveUp(cause);
  }

  /** Closes the port; what is pending on this side rejects with `cause`, what the other side had called is aborted. */
  close(cause: unknown): void {
    if (this.#closed) return;
    this.#closed = { cause };
    this.#inbox.close();
    for (const reply of this.#pending.values()) reply.reject(cause);
    this.#pending.clear();
    const error = encodeError(cause);
    for (const channel of this.#channels.values()) channel.close(error);
    this.#channels.clear();
    this.#incoming.close(cause);
  }

  #lost(): void {
    if (!this.#closed) this.#options.onLost?.();
  }

  /** A frame that cannot be read may have been anybody's call or answer: whoever waits, on either side, is told. */
  #unreadable(cause: unknown): void {
    if (this.#closed) return;
    this.#giveUpAll(cause);
    this.#post([Op.unreadable, encodeError(cause)]);
  }

  #giveUpAll(cause: unknown): void {
    const error = unreadable(cause);
    const replies = [...this.#pending.values()];
    this.#pending.clear();
    // Each may make room for a call that waits, which is none of them.
    for (const reply of replies) reply.reject(error);
    const encoded = encodeError(error);
    for (const channel of this.#channels.values()) channel.giveUp(encoded);
    this.#incoming.giveUp(error);
  }

  #openChannel(number: number, onRelease?: () => void): Channel {
    const channel = new Channel(
      (message, transfer) => this.#post([Op.channel, number, message], transfer),
      () => {
        // The surface is there for as long as the link is, whatever the other side says.
        if (number !== SURFACE_CHANNEL && this.#channels.delete(number)) onRelease?.();
      },
    );
    this.#channels.set(number, channel);
    if (this.#closed) channel.close(encodeError(this.#closed.cause));
    return channel;
  }

  #post(frame: Frame, transfer?: readonly Transferable[]): void {
    // The platform walks through the list, also when it is empty.
    this.#port.postMessage(frame, transfer && transfer.length > 0 ? transfer : undefined);
  }

  /** Whatever arrives, this side lives on: a call that cannot be read is refused, an answer settles its call. */
  #read(frame: Frame): void {
    try {
      this.#receive(frame);
    } catch (error) {
      if (!Array.isArray(frame)) return;
      const [op, id] = frame;
      if (op === Op.call || op === Op.markedCall) this.#incoming.refuse(id, error);
      else if (op === Op.result || op === Op.markedResult || op === Op.thrown) this.#take(id)?.reject(error);
    }
  }

  #receive(frame: Frame): void {
    switch (frame[0]) {
      case Op.call:
        return this.#incoming.answer(frame[1], frame[2], frame[3], frame[4] as unknown[], false);
      case Op.markedCall: {
        const args = restoreArguments(this, frame[4] as unknown[], frame[5]);
        return this.#incoming.answer(frame[1], frame[2], frame[3], args, true);
      }
      case Op.result:
        return this.#take(frame[1])?.resolve(frame[2]);
      case Op.markedResult: {
        const value = readMark(this, frame[2]);
        const reply = this.#take(frame[1]);
        return reply ? reply.resolve(value) : discard(value);
      }
      case Op.thrown: {
        const error = decodeError(frame[2]);
        return this.#take(frame[1])?.reject(error);
      }
      case Op.abort:
        return this.#incoming.abort(frame[1], decodeError(frame[2]));
      case Op.channel:
        return this.#receiveOn(frame[1], frame[2] as ComlinkMessage);
      case Op.unreadable:
        return this.#giveUpAll(decodeError(frame[1]));
      default:
        return frame satisfies never;
    }
  }

  #receiveOn(number: number, message: ComlinkMessage): void {
    const channel = this.#channels.get(number);
    if (channel) return channel.receive(message);
    const answer = answerForGone(message);
    if (answer) this.#post([Op.channel, number, answer]);
  }

  #take(id: number): Reply | undefined {
    const reply = this.#pending.get(id);
    this.#pending.delete(id);
    return reply;
  }
}
