import type { MessagePort } from 'node:worker_threads';
import { readChain, type Chain } from '../core/chain.js';
import { discard } from '../core/discard.js';
import { keepTick } from '../core/keep-tick.js';
import type { AskCallback, CallbackFacts } from './callback.js';
import type { ComlinkMessage } from './channel.js';
import { Channels, type ChannelParity, type Pulled } from './channels.js';
import { idOf, isFrame } from './check-frame.js';
import { decodeArguments, decodeResult } from './decode.js';
import { decodeError, encodeError } from './error-codec.js';
import { collectForOthers } from './garbage.js';
import { Inbox } from './inbox.js';
import { IncomingCalls, type Answer } from './incoming-calls.js';
import { unreadable } from './not-cloneable.js';
import { Outbox } from './outbox.js';
import { OutgoingCalls, type Reply } from './outgoing-calls.js';
import type { Peer } from './peer.js';
import { Op, type Frame, type Scope } from './protocol.js';
import type { Exposed, Methods, RemoteObject } from './remote-object.js';
import type { Enter } from './serve.js';

/** Options of one end of a link. */
export interface LinkOptions {
  /** Numbering of the channels that this end opens: the two ends must differ. */
  readonly channels: ChannelParity;
  /** Answers a call of the other side: a value, a promise, or a throw. */
  readonly answer: Answer;
  /** Methods that the other side may call over Comlink: for the lifecycle, not for traffic. */
  readonly surface?: Methods;
  /** Makes live data from its wire form; without it, live data arrives in wire form. */
  readonly liveData?: (wire: object) => unknown;
  /** Counts something as pending until the returned function is called. */
  readonly hold?: () => () => void;
  /** Runs objects of this side that the other side calls: call-backs, iterators, streams. */
  readonly enter?: Enter;
  /** Calls a call-back of the other side, by its name; by default it is just called. */
  readonly askCallback?: AskCallback;
  /** Returns the chain of the calling code: requests on channels are made as part of it. */
  readonly chain?: () => Chain;
  /** Returns whether an argument of a call is a call-back that is declared to return nothing. */
  readonly isVoidCallback?: (scope: Scope, name: string, index: number) => boolean;
  /** A call-back of the other side rejected, and nobody took it. */
  readonly onUntaken?: (facts: CallbackFacts, error: unknown) => void;
  /** The other side closed its port, or its thread is gone. The link still has to be closed, with the cause. */
  readonly onLost?: () => void;
}

const noHold = (): (() => void) => () => {};
const noChain = (): Chain => [];
const justSend: AskCallback = (_callback, send) => send();

/**
 * One end of the connection between two threads. A call is one frame and its answer another; whatever has an identity
 * (call-backs, streams, iterators, signals, and the control surface) is a Comlink object on a channel of the same port.
 * Unlike in Comlink, every request settles: at the latest with the cause when the link closes.
 */
export class Link implements Peer {
  readonly #outbox: Outbox;
  readonly #inbox: Inbox;
  readonly #options: LinkOptions;
  readonly #outgoing: OutgoingCalls;
  readonly #incoming: IncomingCalls;
  readonly #channels: Channels;
  readonly hold: () => () => void;
  readonly liveData: (wire: object) => unknown;
  readonly askCallback: AskCallback;
  readonly chain: () => Chain;
  #isClosed = false;

  constructor(port: MessagePort, options: LinkOptions) {
    keepTick();
    this.#options = options;
    this.hold = options.hold ?? noHold;
    this.liveData = options.liveData ?? ((wire) => wire);
    this.askCallback = options.askCallback ?? justSend;
    this.chain = options.chain ?? noChain;
    this.#outbox = new Outbox(port);
    this.#outgoing = new OutgoingCalls(this, this.#outbox);
    this.#incoming = new IncomingCalls(this, options.answer, this.#outbox, () => this.#inbox);
    this.#channels = new Channels(this, this.#outbox, options.channels, options.enter);
    if (options.surface) this.#channels.exposeSurface(options.surface);
    this.#inbox = new Inbox(port, {
      read: (frame) => this.#read(frame),
      abandoned: (id, reason) => this.#incoming.refuse(id, decodeError(reason)),
      unreadable: (cause) => this.#unreadable(cause),
    });
    port.on('close', () => this.#lost());
  }

  /** Calls of this side that have no answer yet. */
  get pending(): number {
    return this.#outgoing.pending;
  }

  /** Calls of the other side that have no answer yet. */
  get answering(): number {
    return this.#incoming.unanswered;
  }

  /** The streams and iterators of the other side that are open here. */
  get pulled(): Pulled {
    return this.#channels.pulled;
  }

  /** Returns the surface that the other side exposed. */
  surface(): RemoteObject {
    return this.#channels.surface();
  }

  /** Sends a call and returns its id, for {@link abort}; see {@link OutgoingCalls.send}. */
  send(
    scope: Scope,
    name: string,
    args: readonly unknown[],
    transfer: readonly unknown[],
    reply: Reply,
  ): number {
    return this.#outgoing.send(scope, name, args, transfer, reply);
  }

  /** Tells the other side that nobody waits for call `id` any more; its answer is still awaited. */
  abort(id: number, reason: unknown): void {
    this.#outgoing.abort(id, reason);
  }

  expose(exposed: Exposed): number {
    return this.#channels.expose(exposed);
  }

  exposeOnce(owner: object, exposed: () => Exposed): number {
    return this.#channels.exposeOnce(owner, exposed);
  }

  wrap(channel: number, isPulled = false): RemoteObject {
    return this.#channels.wrap(channel, isPulled);
  }

  withdraw(channel: number, cause: unknown): void {
    this.#channels.find(channel)?.close(encodeError(cause));
  }

  keep(channel: number, kept: object): void {
    const open = this.#channels.find(channel);
    if (open) open.keeps = kept;
  }

  onUntaken(facts: CallbackFacts, error: unknown): void {
    this.#options.onUntaken?.(facts, error);
  }

  /** Sends now the frames that wait for the end of the turn. */
  flush(): void {
    this.#outbox.flush();
  }

  /** Asks the other side to release objects of this side that it can no longer reach. */
  askToCollect(): void {
    this.#outbox.post([Op.collect]);
  }

  /** Reads arrived messages now, before the event loop does. */
  readWaiting(): void {
    this.#inbox.readWaiting();
  }

  /**
   * Ends the traffic, not the link: pending calls of this side reject with `cause`, calls of the other side are aborted, and both
   * let go of what they hold open of each other. The surface can still be reached.
   */
  interrupt(cause: unknown): void {
    this.#outgoing.giveUp(cause);
    this.#channels.interrupt(encodeError(cause));
    this.#incoming.giveUp(cause);
  }

  /** Closes the port: pending calls of this side reject with `cause`, calls of the other side are aborted. */
  close(cause: unknown): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#outbox.close();
    this.#inbox.close();
    this.#outgoing.close(cause);
    this.#channels.close(encodeError(cause));
    this.#incoming.close(cause);
  }

  #lost(): void {
    if (!this.#isClosed) this.#options.onLost?.();
  }

  /** Gives up everything pending on both sides: an unreadable frame may have been any call or answer. */
  #unreadable(cause: unknown): void {
    if (this.#isClosed) return;
    this.#giveUpAll(cause);
    this.#outbox.post([Op.unreadable, encodeError(cause)]);
  }

  #giveUpAll(cause: unknown): void {
    const error = unreadable(cause);
    this.#outgoing.giveUp(error);
    this.#channels.giveUp(encodeError(error));
    this.#incoming.giveUp(error);
  }

  /** Reads a frame. This side survives any frame: a call that cannot be read is refused, and an answer settles its call. */
  #read(frame: unknown): void {
    try {
      if (!isFrame(frame)) throw new TypeError('The message that arrived is not a frame of this link.');
      this.#receive(frame);
    } catch (error) {
      const { op, id = 0 } = idOf(frame) ?? {};
      if (op === Op.call || op === Op.placedCall) this.#incoming.refuse(id, error);
      else if (op === Op.result || op === Op.placedResult || op === Op.thrown)
        this.#outgoing.take(id)?.reject(error);
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
        return this.#outgoing.take(frame[1])?.resolve(frame[2]);
      case Op.placedResult: {
        const value = decodeResult(this, frame[2], frame[3]);
        const reply = this.#outgoing.take(frame[1]);
        return reply ? reply.resolve(value) : discard(value);
      }
      case Op.thrown: {
        const error = decodeError(frame[2]);
        return this.#outgoing.take(frame[1])?.reject(error);
      }
      case Op.abort:
        return this.#incoming.abort(frame[1], decodeError(frame[2]));
      case Op.channel:
        return this.#channels.receive(frame[1], frame[2] as ComlinkMessage);
      case Op.unreadable:
        return this.#giveUpAll(decodeError(frame[1]));
      case Op.collect:
        return collectForOthers();
      default:
        return frame satisfies never;
    }
  }
}
