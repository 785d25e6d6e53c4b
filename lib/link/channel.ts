import { LiveswapError } from '../core/errors.js';
import { IdMap } from '../core/id-map.js';
import { decodeError, encodeError } from './error-codec.js';
import type { ChannelReply, EncodedError } from './protocol.js';
import type { Transferable } from './transfer.js';

type Listener = ((event: { data: unknown }) => void) | { handleEvent(event: { data: unknown }): void };

/** The part of Comlink's messages that is read here; its types are not exported by value. */
export type ComlinkMessage = ComlinkRequest | ComlinkReply;

interface ComlinkRequest {
  readonly id: number;
  readonly type: 'APPLY' | 'RELEASE';
  readonly path?: readonly string[];
  readonly argumentList?: readonly RawValue[];
}

interface ComlinkReply extends RawValue {
  readonly id: number;
}

interface RawValue {
  readonly type: 'RAW';
  readonly value: unknown;
}

/** A request, and its waiting caller. */
interface Request {
  readonly method: string;
  readonly resolve: (reply: ChannelReply) => void;
}

/** Sends a message on a channel; `undefined` once it is closed. */
type Post = (message: ComlinkMessage, transfer: readonly Transferable[]) => void;

/**
 * A Comlink endpoint that is one of many on a link. Its type does not say so, because Comlink's types need those of the DOM,
 * which importers of the library may lack. Comlink answers the requests of the other side. The channel makes its own requests,
 * because Comlink finds answers by random numbers, and never settles requests in flight when the link dies. Only names that were
 * exposed can be called: no property paths, no `set`, no `construct`.
 */
export class Channel {
  #post: Post;
  #onRelease: () => void;
  readonly #listeners = new Set<Listener>();
  readonly #inFlight = new IdMap<Request>();
  readonly #goneListeners = new Set<(cause: unknown) => void>();
  #names: ReadonlySet<string> = new Set();
  #lastRequest = 0;
  #closedWith: EncodedError | undefined;
  /** True when the channel leads to a stream or an iterator of the other side, which keeps it open for this one. */
  isPulled = false;
  /** The local object that stands for the remote one. */
  standIn: object | undefined;
  /** A value that is kept for as long as the channel is open, and no longer. */
  keeps: unknown;
  /** Returns the error to reject with when a reply could not be sent. */
  onUnsent: (reply: unknown, cause: unknown) => unknown = (_reply, cause) => cause;

  /** `onRelease` is called once, when either side lets go of the object behind this channel. */
  constructor(post: Post, onRelease: () => void) {
    this.#post = post;
    this.#onRelease = onRelease;
  }

  /** Lets the other side call these names, and no others. */
  allow(names: Iterable<string>): void {
    this.#names = new Set(names);
  }

  /** The reason why nothing can be asked any more; a new error each time. */
  get closedWith(): { readonly cause: unknown } | undefined {
    return this.#closedWith && { cause: decodeError(this.#closedWith) };
  }

  /** Calls `listener` with the reason when the other side is gone, but not when its object is only released. */
  onGone(listener: (cause: unknown) => void): void {
    if (this.#closedWith) listener(decodeError(this.#closedWith));
    else this.#goneListeners.add(listener);
  }

  /** Asks the other side to call a method. @throws the platform's error for a value that cannot be cloned */
  request(
    method: string,
    args: readonly unknown[],
    transfer: readonly Transferable[],
  ): Promise<ChannelReply> {
    const id = ++this.#lastRequest;
    const argumentList = args.map((value) => ({ type: 'RAW', value }) as const);
    this.#post({ id, type: 'APPLY', path: [method], argumentList }, transfer);
    return new Promise((resolve) => this.#inFlight.set(id, { method, resolve }));
  }

  /** Returns whether this side has asked for one of these methods and waits for the answer. */
  isAsking(isMeant: (method: string) => boolean): boolean {
    return this.#inFlight.some(({ method }) => isMeant(method));
  }

  /** Number of requests of this side. */
  get requests(): number {
    return this.#lastRequest;
  }

  /** Lets go of the object on the other side. */
  release(): void {
    if (this.#closedWith) return;
    this.#post({ id: 0, type: 'RELEASE' }, []);
    this.#onRelease();
  }

  /** Comlink calls this with its answer to a request of the other side. */
  postMessage(message: ComlinkReply, transfer: readonly Transferable[] = []): void {
    if (this.#closedWith) return;
    try {
      this.#post(message, transfer);
    } catch (error) {
      // Comlink would answer an unserialisable result with a bare TypeError.
      this.#refuse(message.id, this.onUnsent(message.value, error));
    }
  }

  /** Comlink adds its listener here. */
  addEventListener(_type: string, listener: Listener): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_type: string, listener: Listener): void {
    this.#listeners.delete(listener);
  }

  /** Hands over a message that came in on this channel. */
  receive(message: ComlinkMessage): void {
    switch (message.type) {
      case 'RAW':
        return this.#settle(message);
      case 'RELEASE':
        return this.#onRelease();
      case 'APPLY':
        if (this.#mayCall(message)) return this.#emit(message);
        return this.#refuse(message.id, new TypeError('Refused to call a method that is not exposed.'));
      default:
        // Anything else is a forged message.
        return message satisfies never;
    }
  }

  /**
   * Answers everything in flight with `error`. The channel then refers to nothing else, because finalizers may keep the channel
   * itself for as long as the remote object can be reached from here.
   */
  close(error: EncodedError): void {
    if (this.#closedWith) return;
    this.#closedWith = error;
    this.giveUp(error);
    this.#listeners.clear();
    const listeners = [...this.#goneListeners];
    this.#goneListeners.clear();
    this.keeps = this.standIn = undefined;
    this.#onRelease();
    this.#post = this.#onRelease = () => {};
    for (const listener of listeners) listener(decodeError(error));
  }

  /** Answers everything in flight with `error`; later requests are sent. */
  giveUp(error: EncodedError): void {
    const given = this.#inFlight.values();
    this.#inFlight.clear();
    for (const { resolve } of given) resolve({ error });
  }

  #settle({ id, value }: ComlinkReply): void {
    const { resolve } = this.#inFlight.take(id) ?? {};
    if (typeof value === 'object' && value !== null) resolve?.(value as ChannelReply);
    else resolve?.({ error: encodeError(new TypeError('The answer cannot be read.')) });
  }

  #mayCall({ path, argumentList }: ComlinkRequest): boolean {
    if (!Array.isArray(path) || path.length !== 1 || !Array.isArray(argumentList)) return false;
    return this.#names.has(path[0] as string);
  }

  /** Answers a request of the other side. */
  #refuse(id: number, cause: unknown): void {
    this.#post({ id, type: 'RAW', value: { error: encodeError(cause) } satisfies ChannelReply }, []);
  }

  #emit(data: ComlinkMessage): void {
    for (const listener of this.#listeners) {
      // Comlink only reads the event's data.
      if (typeof listener === 'function') listener({ data });
      else listener.handleEvent({ data });
    }
  }
}

/** Returns the answer to a message for a closed channel; only requests get one. */
export function answerForGone({ id, type }: ComlinkMessage): ComlinkMessage | undefined {
  if (type !== 'APPLY') return undefined;
  const gone = new LiveswapError('RETIRED', 'This object has been released.');
  return { id, type: 'RAW', value: { error: encodeError(gone) } satisfies ChannelReply };
}
