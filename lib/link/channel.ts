import { LiveswapError } from '../core/errors.js';
import { encodeError, type EncodedError } from './error-codec.js';
import { notCloneable } from './not-cloneable.js';
import type { ChannelReply } from './protocol.js';
import type { Transferable } from './transfer.js';

type Listener = ((event: { data: unknown }) => void) | { handleEvent(event: { data: unknown }): void };

/** The part of Comlink's messages that is looked at here; its types are not exported by value. */
export interface ComlinkMessage {
  readonly id: string;
  readonly type: string;
  readonly path?: readonly string[];
  readonly value?: unknown;
}

/**
 * A Comlink endpoint that is one of many on a link (it does not say so in its type: Comlink's are written for browsers, and
 * who imports the library needs no DOM). It adds what Comlink lacks: a request that is in flight when the
 * link dies is answered with the cause, and only names that were exposed can be called; no property paths, no `set`,
 * no `construct`.
 */
export class Channel {
  #post: (message: unknown, transfer: Transferable[]) => void;
  #onRelease: () => void;
  readonly #listeners = new Set<Listener>();
  readonly #inFlight = new Set<string>();
  #names: ReadonlySet<string> = new Set();
  #closedWith: EncodedError | undefined;

  /** `onRelease` is called once, when either side lets go of the object behind this channel. */
  constructor(post: (message: unknown, transfer: Transferable[]) => void, onRelease: () => void) {
    this.#post = post;
    this.#onRelease = onRelease;
  }

  /** Lets the other side call these names, and no others. */
  allow(names: Iterable<string>): void {
    this.#names = new Set(names);
  }

  /** Why nothing can be asked any more. */
  get closedWith(): EncodedError | undefined {
    return this.#closedWith;
  }

  postMessage(message: ComlinkMessage, transfer: Transferable[] = []): void {
    if (this.#closedWith) return;
    const request = isRequest(message);
    if (request) this.#inFlight.add(message.id);
    try {
      this.#post(message, transfer);
    } catch (error) {
      this.#inFlight.delete(message.id);
      // Comlink would answer an unserialisable result with a bare TypeError.
      if (!request) return this.#refuse(message.id, notCloneable('result', valueOf(message), error));
      throw error;
    }
    if (request && message.type === 'RELEASE') this.#onRelease();
  }

  addEventListener(_type: string, listener: Listener): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_type: string, listener: Listener): void {
    this.#listeners.delete(listener);
  }

  /** Hands over a message that came in on this channel. */
  receive(message: ComlinkMessage): void {
    if (!isRequest(message)) {
      this.#inFlight.delete(message.id);
    } else if (message.type === 'RELEASE') {
      this.#onRelease();
    } else if (!this.#mayCall(message)) {
      return this.#refuse(message.id, new TypeError(`Refused ${message.type} of what is not exposed.`));
    }
    this.#emit(message);
  }

  /**
   * Answers everything in flight with `error`. Whatever still holds the channel holds nothing else from then on: Comlink's
   * finalizers do, for as long as the object on the other side can be reached from here.
   */
  close(error: EncodedError): void {
    if (this.#closedWith) return;
    this.#closedWith = error;
    this.giveUp(error);
    this.#listeners.clear();
    this.#onRelease();
    this.#post = this.#onRelease = () => {};
  }

  /** Answers everything in flight with `error`; what is asked from now on is sent. */
  giveUp(error: EncodedError): void {
    const given = [...this.#inFlight];
    this.#inFlight.clear();
    for (const id of given) this.#emit(failure(id, error));
  }

  #mayCall({ type, path }: ComlinkMessage): boolean {
    if (type !== 'APPLY' || !Array.isArray(path) || path.length !== 1) return false;
    return this.#names.has(path[0] as string);
  }

  /** Answers a request of the other side. */
  #refuse(id: string, cause: unknown): void {
    this.#post(failure(id, encodeError(cause)), []);
  }

  #emit(data: ComlinkMessage): void {
    for (const listener of this.#listeners) {
      // Comlink reads nothing of an event but its data.
      if (typeof listener === 'function') listener({ data });
      else listener.handleEvent({ data });
    }
  }
}

function failure(id: string, error: EncodedError): ComlinkMessage {
  return { id, type: 'RAW', value: { error } satisfies ChannelReply };
}

/** What the reply in a message was to bring. */
function valueOf({ value }: ComlinkMessage): unknown {
  return (value as Partial<{ value: unknown }> | undefined)?.value;
}

/** What to answer a message for a channel that is gone: nothing, unless it asks for something. */
export function answerForGone(message: ComlinkMessage): ComlinkMessage | undefined {
  if (!isRequest(message) || message.type === 'RELEASE') return undefined;
  const gone = new LiveswapError('RETIRED', 'What was called here has been let go.');
  return failure(message.id, encodeError(gone));
}

const requests = new Set(['GET', 'SET', 'APPLY', 'CONSTRUCT', 'ENDPOINT', 'RELEASE']);

function isRequest(message: ComlinkMessage): boolean {
  return requests.has(message.type);
}
