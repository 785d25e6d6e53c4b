import type { Endpoint } from 'comlink';
import { encodeError } from './error-codec.js';
import type { ChannelReply } from './protocol.js';
import type { Transferable } from './transfer.js';

type Listener = ((event: { data: unknown }) => void) | { handleEvent(event: { data: unknown }): void };

/** The part of Comlink's messages that is looked at here; its types are not exported by value. */
interface ComlinkMessage {
  readonly id: string;
  readonly type: string;
  readonly path?: readonly string[];
}

/**
 * A Comlink endpoint that is one of many on a link. It adds what Comlink lacks: a request that is in flight when the
 * link dies is answered with the cause, and only names that were exposed can be called; no property paths, no `set`,
 * no `construct`.
 */
export class Channel implements Endpoint {
  readonly #post: (message: unknown, transfer: Transferable[]) => void;
  readonly #onRelease: () => void;
  readonly #listeners = new Set<Listener>();
  readonly #inFlight = new Set<string>();
  #names: ReadonlySet<string> = new Set();
  #closed: { readonly cause: unknown } | undefined;

  /** `onRelease` is called once, when either side lets go of the object behind this channel. */
  constructor(post: (message: unknown, transfer: Transferable[]) => void, onRelease: () => void) {
    this.#post = post;
    this.#onRelease = onRelease;
  }

  /** Lets the other side call these names, and no others. */
  allow(names: Iterable<string>): void {
    this.#names = new Set(names);
  }

  postMessage(message: ComlinkMessage, transfer: Transferable[] = []): void {
    if (this.#closed) {
      this.#answer(message.id, this.#closed.cause);
      return;
    }
    const request = isRequest(message);
    if (request) this.#inFlight.add(message.id);
    try {
      this.#post(message, transfer);
    } catch (error) {
      this.#inFlight.delete(message.id);
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
      const error = new TypeError(`Refused ${message.type} ${message.path?.join('.') ?? ''}: not exposed.`);
      this.#post({ id: message.id, type: 'RAW', value: { error: encodeError(error) } }, []);
      return;
    }
    this.#emit(message);
  }

  /** Answers everything in flight, and everything asked later, with `cause`. */
  close(cause: unknown): void {
    if (this.#closed) return;
    this.#closed = { cause };
    for (const id of this.#inFlight) this.#answer(id, cause);
    this.#inFlight.clear();
    this.#listeners.clear();
    this.#onRelease();
  }

  #mayCall({ type, path }: ComlinkMessage): boolean {
    const [name, ...deeper] = path ?? [];
    return type === 'APPLY' && name !== undefined && deeper.length === 0 && this.#names.has(name);
  }

  #answer(id: string, cause: unknown): void {
    const value: ChannelReply = { error: encodeError(cause) };
    this.#emit({ id, type: 'RAW', value } as ComlinkMessage);
  }

  #emit(data: ComlinkMessage): void {
    for (const listener of this.#listeners) {
      // Comlink reads nothing of an event but its data.
      if (typeof listener === 'function') listener({ data });
      else listener.handleEvent({ data });
    }
  }
}

const requests = new Set(['GET', 'SET', 'APPLY', 'CONSTRUCT', 'ENDPOINT', 'RELEASE']);

function isRequest(message: ComlinkMessage): boolean {
  return requests.has(message.type);
}
