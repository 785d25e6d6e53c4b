import { captureContext, outsideContext } from '../core/async-context.js';
import { IdMap } from '../core/id-map.js';
import { answerForGone, Channel, type ComlinkMessage } from './channel.js';
import { ChannelObject } from './channel-object.js';
import { holdRemote, isShortOfHeapAfterGiving } from './garbage.js';
import type { Outbox } from './outbox.js';
import type { Peer } from './peer.js';
import { Op, SURFACE_CHANNEL, type EncodedError } from './protocol.js';
import type { Exposed, Methods, RemoteObject } from './remote-object.js';
import { serve, type Enter } from './serve.js';

/** Parity of the numbers of the channels that an end of a link opens. */
export type ChannelParity = 'even' | 'odd';

/** The streams and iterators of the other side that are open on this one. */
export interface Pulled {
  readonly open: number;
  /** True while this side waits for one of them to go on. */
  readonly isPulling: boolean;
  /** Number of requests made to them. */
  readonly pulls: number;
}

const justRun: Enter = (run) => run();

/** The channels of one end of a link: each leads to one object, of this side or of the other. */
export class Channels {
  readonly #peer: Peer;
  readonly #outbox: Outbox;
  readonly #enter: Enter;
  readonly #open = new IdMap<Channel>();
  /** Channels of objects that are exposed only once, for all receivers. */
  readonly #shared = new WeakMap<object, number>();
  #last: number;
  #closedWith: EncodedError | undefined;

  constructor(peer: Peer, outbox: Outbox, parity: ChannelParity, enter: Enter = justRun) {
    this.#peer = peer;
    this.#outbox = outbox;
    this.#enter = enter;
    this.#last = parity === 'even' ? 2 : 1;
  }

  get pulled(): Pulled {
    const channels = this.#open.values().filter(({ isPulled }) => isPulled);
    return {
      open: channels.length,
      // A reader that waits for the end of a stream does not count as reading.
      isPulling: channels.some((channel) => channel.isAsking((method) => method !== 'ended')),
      pulls: channels.reduce((sum, { requests }) => sum + requests, 0),
    };
  }

  /** Lets the other side call `methods` for as long as the link is open. */
  exposeSurface(methods: Methods): void {
    serve(this.#add(SURFACE_CHANNEL), this.#peer, { methods, isLasting: true }, justRun);
  }

  /** Returns the surface that the other side exposed. */
  surface(): RemoteObject {
    const channel = this.#open.get(SURFACE_CHANNEL) ?? this.#add(SURFACE_CHANNEL);
    return new ChannelObject(channel, this.#peer);
  }

  /** Exposes something on a new channel, in the current async context, and returns the channel's number. */
  expose(exposed: Exposed): number {
    const number = (this.#last += 2);
    const inContext = captureContext();
    const enter: Enter = (run, chain, callback) => inContext(() => this.#enter(run, chain, callback));
    serve(this.#add(number, exposed.onRelease), this.#peer, exposed, enter);
    if (isShortOfHeapAfterGiving()) this.#outbox.post([Op.collect]);
    return number;
  }

  /** Exposes something that belongs to `owner` once, until the owner is collected. Returns the channel's number. */
  exposeOnce(owner: object, exposed: () => Exposed): number {
    const known = this.#shared.get(owner);
    if (known !== undefined && this.#open.get(known)) return known;
    const number = outsideContext(() => this.expose(exposed()));
    this.#shared.set(owner, number);
    const channel = this.#open.get(number);
    if (channel) new ChannelObject(channel, this.#peer).releaseWith(owner);
    return number;
  }

  /** Returns the object that the other side exposed on a channel. */
  wrap(number: number, isPulled: boolean): RemoteObject {
    const channel = this.#open.get(number) ?? this.#add(number, holdRemote());
    channel.isPulled = isPulled;
    return new ChannelObject(channel, this.#peer);
  }

  find(number: number): Channel | undefined {
    return this.#open.get(number);
  }

  /** Passes a message on to its channel. */
  receive(number: number, message: ComlinkMessage): void {
    const channel = this.#open.get(number);
    if (channel) return channel.receive(message);
    const answer = answerForGone(message);
    if (answer) this.#outbox.post([Op.channel, number, answer]);
  }

  /** Rejects every request of this side with `error`; the channels stay open. */
  giveUp(error: EncodedError): void {
    for (const channel of this.#open.values()) channel.giveUp(error);
  }

  /** Closes every channel but the surface. */
  interrupt(error: EncodedError): void {
    for (const [number, channel] of this.#open.entries())
      if (number !== SURFACE_CHANNEL) channel.close(error);
  }

  /** Closes every channel, and those that are opened from now on. */
  close(error: EncodedError): void {
    this.#closedWith = error;
    for (const channel of this.#open.values()) channel.close(error);
    this.#open.clear();
  }

  #add(number: number, onRelease?: () => void): Channel {
    const channel = new Channel(
      (message, transfer) => this.#outbox.post([Op.channel, number, message], transfer),
      () => {
        // The surface stays for as long as the link does, whatever the other side says.
        if (number !== SURFACE_CHANNEL && this.#open.take(number)) onRelease?.();
      },
    );
    this.#open.set(number, channel);
    if (this.#closedWith) channel.close(this.#closedWith);
    return channel;
  }
}
