import type { MessagePort } from 'node:worker_threads';
import { captureContext } from '../core/async-context.js';
import { readChain } from '../core/chain.js';
import { discard } from '../core/discard.js';
import { ownCopyOf } from '../core/errors.js';
import { Aborts } from './aborts.js';
import type { CallbackFacts } from './callback.js';
import { answerForGone, Channel, type ComlinkMessage } from './channel.js';
import { ChannelObject } from './channel-object.js';
import { idOf, isFrame } from './check-frame.js';
import { holdRemote } from './garbage.js';
import { decodeArguments, decodeResult } from './decode.js';
import { encodeArguments } from './encode.js';
import { decodeError, encodeError } from './error-codec.js';
import { Inbox } from './inbox.js';
import { IncomingCalls, type Answer } from './incoming-calls.js';
import { unreadable } from './not-cloneable.js';
import { MANY, Outbox } from './outbox.js';
import type { Peer, Received } from './peer.js';
import { Op, SURFACE_CHANNEL, type Frame, type Scope } from './protocol.js';
import type { Exposed, Methods, RemoteObject } from './remote-object.js';
import { serve, type Enter } from './serve.js';
import { notSmall, smallCopies } from './small-copy.js';

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
  /** Runs what the other side calls of what was given to it: call-backs, iterators, streams. */
  readonly enter?: Enter;
  /** Whether an argument of a call is a call-back that is declared to return nothing. */
  readonly isVoidCallback?: (scope: Scope, name: string, index: number) => boolean;
  /** A call-back of the other side rejected, and nobody took it. */
  readonly onUntaken?: (facts: CallbackFacts, error: unknown) => void;
  /** The other side closed its port, or its thread is gone. The link still has to be closed, with the cause. */
  readonly onLost?: () => void;
}

const noHold = (): (() => void) => () => {};
const justRun: Enter = (run) => run();

/**
 * One end of the connection between two threads. A call is one frame and its answer another; whatever has an identity
 * (call-backs, streams, iterators, signals, and the control surface) is a Comlink object on a channel of the same port.
 * Unlike Comlink's, every request is settled: when the link closes, with what it was closed with.
 */
export class Link implements Peer {
  readonly #outbox: Outbox;
  readonly #inbox: Inbox;
  readonly #options: LinkOptions;
  readonly #pending = new Map<number, Reply>();
  readonly #incoming: IncomingCalls;
  readonly #channels = new Map<number, Channel>();
  readonly #aborts = new Aborts((frame) => {
    if (!this.#closed) this.#outbox.post(frame);
  });
  readonly #enter: Enter;
  readonly hold: () => () => void;
  readonly liveData: (wire: object) => unknown;
  #lastCall = 0;
  /** The last call that is not in the outbox. */
  #lastSent = 0;
  #lastChannel: number;
  #closed: { readonly cause: unknown } | undefined;

  constructor(port: MessagePort, options: LinkOptions) {
    this.#options = options;
    this.#enter = options.enter ?? justRun;
    this.hold = options.hold ?? noHold;
    this.liveData = options.liveData ?? ((wire) => wire);
    this.#outbox = new Outbox(port);
    this.#incoming = new IncomingCalls(this, options.answer, this.#outbox, () => this.#inbox.waiting);
    this.#lastChannel = options.channels === 'even' ? 2 : 1;
    if (options.surface)
      serve(this.#openChannel(SURFACE_CHANNEL), this, { methods: options.surface }, justRun);
    this.#inbox = new Inbox(port, {
      read: (frame) => this.#read(frame),
      abandoned: (id, reason) => this.#incoming.refuse(id, decodeError(reason)),
      unreadable: (cause) => this.#unreadable(cause),
    });
    port.on('close', () => this.#lost());
  }

  /** Calls of this side that have no answer yet. */
  get pending(): number {
    return this.#pending.size;
  }

  /** Calls of the other side that have no answer yet. */
  get answering(): number {
    return this.#incoming.unanswered;
  }

  /** The streams and iterators of the other side that are open here: how many, whether one is being pulled, how often they were. */
  get pulled(): { readonly open: number; readonly isPulling: boolean; readonly pulls: number } {
    const channels = [...this.#channels.values()].filter(({ isPulled }) => isPulled);
    return {
      open: channels.length,
      // Whoever waits for the end of a stream reads nothing.
      isPulling: channels.some((channel) => channel.isAsking((method) => method !== 'ended')),
      pulls: channels.reduce((sum, { requests }) => sum + requests, 0),
    };
  }

  /** The surface that the other side exposed. */
  surface(): RemoteObject {
    const channel = this.#channels.get(SURFACE_CHANNEL) ?? this.#openChannel(SURFACE_CHANNEL);
    return new ChannelObject(channel, this);
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
      reply.reject(ownCopyOf(this.#closed.cause));
      return 0;
    }
    const id = ++this.#lastCall;
    this.#pending.set(id, reply);
    try {
      if (!this.#letWait(id, scope, name, args, transfer)) this.#sendCall(id, scope, name, args, transfer);
    } catch (error) {
      this.#take(id)?.reject(error);
    }
    return id;
  }

  /** Tells the other side that nobody waits for call `id` any more; its answer is still awaited. */
  abort(id: number, reason: unknown): void {
    if (this.#closed || !this.#pending.has(id)) return;
    if (this.#outbox.isEmpty || id <= this.#lastSent) return this.#aborts.add(id, reason);
    // It is never begun.
    this.#outbox.drop(id);
    this.#take(id)?.reject(reason);
  }

  expose(exposed: Exposed): number {
    const number = (this.#lastChannel += 2);
    const inContext = captureContext();
    const enter: Enter = (run) => inContext(() => this.#enter(run));
    serve(this.#openChannel(number, exposed.onRelease), this, exposed, enter);
    return number;
  }

  wrap(number: number, isPulled = false): RemoteObject {
    const channel = this.#channels.get(number) ?? this.#openChannel(number, holdRemote());
    channel.isPulled = isPulled;
    return new ChannelObject(channel, this);
  }

  withdraw(channel: number, cause: unknown): void {
    this.#channels.get(channel)?.close(encodeError(cause));
  }

  keep(channel: number, received: Received): void {
    const open = this.#channels.get(channel);
    if (open) open.keeps = received;
  }

  onUntaken(facts: CallbackFacts, error: unknown): void {
    this.#options.onUntaken?.(facts, error);
  }

  /** Sends now what waits for the end of the turn. */
  flush(): void {
    this.#outbox.flush();
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
    const replies = this.#takeAll();
    for (const reply of replies) reply.reject(ownCopyOf(cause));
    const error = encodeError(cause);
    for (const [number, channel] of this.#channels) if (number !== SURFACE_CHANNEL) channel.close(error);
    this.#incoming.giveUp(cause);
  }

  /** Closes the port; what is pending on this side rejects with `cause`, what the other side had called is aborted. */
  close(cause: unknown): void {
    if (this.#closed) return;
    this.#closed = { cause };
    this.#outbox.close();
    this.#inbox.close();
    const replies = this.#takeAll();
    for (const reply of replies) reply.reject(ownCopyOf(cause));
    const error = encodeError(cause);
    for (const channel of this.#channels.values()) channel.close(error);
    this.#channels.clear();
    this.#incoming.close(cause);
  }

  /** Whether a call goes with others at the end of the turn: many are under way, and its arguments are few and plain. */
  #letWait(
    id: number,
    scope: Scope,
    name: string,
    args: readonly unknown[],
    transfer: readonly unknown[],
  ): boolean {
    if (transfer.length > 0 || (this.#pending.size < MANY && this.#outbox.isEmpty)) return false;
    const copies = tryCopies(args);
    if (copies === notSmall) return false;
    if (this.#outbox.isEmpty) this.#lastSent = id - 1;
    this.#outbox.add([Op.call, id, scope, name, copies]);
    return true;
  }

  #sendCall(
    id: number,
    scope: Scope,
    name: string,
    args: readonly unknown[],
    transfer: readonly unknown[],
  ): void {
    const encoded = encodeArguments(this, args, transfer);
    const { wire, placeholders, transfers } = encoded;
    try {
      this.#outbox.post(
        placeholders.length > 0
          ? [Op.placedCall, id, scope, name, wire, placeholders]
          : [Op.call, id, scope, name, wire],
        transfers,
      );
    } catch (error) {
      throw encoded.fail(error);
    }
  }

  #lost(): void {
    if (!this.#closed) this.#options.onLost?.();
  }

  /** A frame that cannot be read may have been anybody's call or answer: whoever waits, on either side, is told. */
  #unreadable(cause: unknown): void {
    if (this.#closed) return;
    this.#giveUpAll(cause);
    this.#outbox.post([Op.unreadable, encodeError(cause)]);
  }

  #giveUpAll(cause: unknown): void {
    const error = unreadable(cause);
    const replies = this.#takeAll();
    // Each may make room for a call that waits, which is none of them.
    for (const reply of replies) reply.reject(ownCopyOf(error));
    const encoded = encodeError(error);
    for (const channel of this.#channels.values()) channel.giveUp(encoded);
    this.#incoming.giveUp(error);
  }

  #openChannel(number: number, onRelease?: () => void): Channel {
    const channel = new Channel(
      (message, transfer) => this.#outbox.post([Op.channel, number, message], transfer),
      () => {
        // The surface is there for as long as the link is, whatever the other side says.
        if (number !== SURFACE_CHANNEL && this.#channels.delete(number)) onRelease?.();
      },
    );
    this.#channels.set(number, channel);
    if (this.#closed) channel.close(encodeError(this.#closed.cause));
    return channel;
  }

  /** Whatever arrives, this side lives on: a call that cannot be read is refused, an answer settles its call. */
  #read(frame: unknown): void {
    try {
      if (!isFrame(frame)) throw new TypeError('What arrived is no frame of this link.');
      this.#receive(frame);
    } catch (error) {
      const { op, id = 0 } = idOf(frame) ?? {};
      if (op === Op.call || op === Op.placedCall) this.#incoming.refuse(id, error);
      else if (op === Op.result || op === Op.placedResult || op === Op.thrown) this.#take(id)?.reject(error);
    }
  }

  #receive(frame: Frame): void {
    switch (frame[0]) {
      case Op.call:
        return this.#incoming.answer(frame[1], frame[2], frame[3], frame[4] as unknown[]);
      case Op.placedCall: {
        const [, id, scope, name, args, placeholders] = frame;
        const called = readChain(scope, name);
        const isVoid = (index: number): boolean =>
          this.#options.isVoidCallback?.(called.scope as Scope, called.name, index) === true;
        const received = decodeArguments(this, args, placeholders, { call: called.name, isVoid });
        return this.#incoming.answer(id, scope, name, args as unknown[], received);
      }
      case Op.result:
        return this.#take(frame[1])?.resolve(frame[2]);
      case Op.placedResult: {
        const value = decodeResult(this, frame[2], frame[3]);
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
    if (answer) this.#outbox.post([Op.channel, number, answer]);
  }

  /** Everybody who waits; calls that wait to be sent are not sent any more. */
  #takeAll(): Reply[] {
    if (!this.#outbox.isEmpty) for (const id of this.#pending.keys()) this.#outbox.drop(id);
    const replies = [...this.#pending.values()];
    this.#pending.clear();
    return replies;
  }

  #take(id: number): Reply | undefined {
    const reply = this.#pending.get(id);
    this.#pending.delete(id);
    return reply;
  }
}

function tryCopies(args: readonly unknown[]): unknown[] | typeof notSmall {
  try {
    return smallCopies(args);
  } catch {
    // Whoever looks at them again tells what is wrong with them.
    return notSmall;
  }
}
