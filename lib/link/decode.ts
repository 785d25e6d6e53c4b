import { callbackFrom } from './callback.js';
import { readData } from './data-placeholders.js';
import { decodeError } from './error-codec.js';
import { readRequest, readResponse, type PartReader } from './http-messages.js';
import { iterableFrom } from './iterable.js';
import type { Peer, Received } from './peer.js';
import type { Placeholder, StreamPlaceholder } from './protocol.js';
import { readableFrom } from './readable.js';
import type { RemoteObject } from './remote-object.js';
import { restore } from './restore.js';
import { lastingSignalFrom, releaseSignal, signalFrom } from './signal.js';
import { writableFrom } from './writable.js';

/** Purpose of arguments that arrive. */
export interface Purpose {
  readonly call: string;
  /** Returns whether the argument at `index` is a call-back that is declared to return nothing. */
  isVoid(index: number): boolean;
  /** True when they are kept after the call: signals among them are followed for good. */
  readonly isLasting?: boolean | undefined;
}

/** Replaces the placeholders in `args` by their values, in place, and returns it. */
export function decodeArguments(
  peer: Peer,
  args: readonly unknown[],
  placeholders: readonly Placeholder[],
  purpose: Purpose,
): Received {
  const reader = new PlaceholderReader(peer, args, purpose);
  restore(args, placeholders, (placeholder) => reader.read(placeholder));
  return reader;
}

/** Decodes a result: replaces placeholders by their values. */
export function decodeResult(peer: Peer, value: unknown, placeholders: readonly Placeholder[]): unknown {
  const reader = new PlaceholderReader(peer, []);
  return restore(value, placeholders, (placeholder) => reader.read(placeholder));
}

/** Makes the values of placeholders on this side. @throws TypeError for a forged placeholder */
class PlaceholderReader implements Received {
  readonly values: unknown[] = [];
  readonly #peer: Peer;
  readonly #args: readonly unknown[];
  readonly #purpose: Purpose | undefined;

  constructor(peer: Peer, args: readonly unknown[], purpose?: Purpose) {
    this.#peer = peer;
    this.#args = args;
    this.#purpose = purpose;
  }

  release(): void {
    for (const value of this.values) releaseSignal(value);
  }

  read(placeholder: Placeholder): unknown {
    const value = this.#valueOf(placeholder);
    this.values.push(value);
    return value;
  }

  #valueOf(placeholder: Placeholder): unknown {
    switch (placeholder.kind) {
      case 'function':
        return this.#callback(placeholder);
      case 'iterable':
        return iterableFrom(this.#peer.wrap(placeholder.channel, true));
      case 'readable':
      case 'writable':
        return this.#stream(placeholder);
      case 'transform':
        return this.#transform(placeholder);
      case 'signal':
        return this.#signal(this.#peer.wrap(placeholder.channel));
      case 'aborted':
        return AbortSignal.abort(decodeError(placeholder.reason));
      case 'liveData':
        return this.#peer.liveData(placeholder.wire);
      case 'error':
        return decodeError(placeholder.error);
      case 'request':
        return readRequest(placeholder, this.#parts);
      case 'response':
        return readResponse(placeholder, this.#parts);
      default:
        return readData(placeholder);
    }
  }

  /** Follows a signal: one that is an argument until its call is answered, one in a result for good. */
  #signal(remote: RemoteObject): AbortSignal {
    const isLasting = !this.#purpose || this.#purpose.isLasting;
    return isLasting ? lastingSignalFrom(remote) : signalFrom(remote);
  }

  #callback(placeholder: Extract<Placeholder, { readonly kind: 'function' }>): unknown {
    const remote = this.#peer.wrap(placeholder.channel);
    const callback = placeholder.name;
    const isVoid = this.#purpose?.isVoid(this.#args.indexOf(placeholder)) ?? false;
    return callbackFrom(remote, {
      call: this.#purpose?.call ?? '',
      callback,
      isVoid,
      ask: (name, send) => this.#peer.askCallback(name, send),
      onUntaken: (facts, error) => this.#peer.onUntaken(facts, error),
    });
  }

  #stream(placeholder: StreamPlaceholder): ReadableStream | WritableStream {
    const remote = this.#peer.wrap(placeholder.channel, true);
    return placeholder.kind === 'readable' ? readableFrom(remote, placeholder.bytes) : writableFrom(remote);
  }

  #transform({ readable, writable }: Extract<Placeholder, { readonly kind: 'transform' }>): TransformStream {
    const pair = { readable: this.#stream(readable), writable: this.#stream(writable) };
    const transform = new TransformStream();
    // The streams that the constructor made lead nowhere: the constructor only gives the pair its class.
    for (const name of ['readable', 'writable'] as const)
      Object.defineProperty(transform, name, { value: pair[name] });
    return transform;
  }

  get #parts(): PartReader {
    return {
      body: (placeholder) => this.#stream(placeholder) as ReadableStream,
      signal: (placeholder) => this.#keep(this.#valueOf(placeholder)) as AbortSignal,
    };
  }

  /** Keeps a signal inside of a request until the call is answered: the request follows the signal, but does not keep it. */
  #keep<Value>(value: Value): Value {
    this.values.push(value);
    return value;
  }
}
