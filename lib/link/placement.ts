import { MessagePort } from 'node:worker_threads';
import { isInstanceOf } from '../core/lazy-classes.js';
import { isByteStream } from '../core/is-byte-stream.js';
import { methodsOfCallback } from './callback.js';
import type { CopyRules, omitted } from './copier.js';
import { sendData } from './data-placeholders.js';
import { encodeError } from './error-codec.js';
import { isError } from './error-properties.js';
import { sendRequest, sendResponse, type PartSender } from './http-messages.js';
import { methodsOfIterable } from './iterable.js';
import { liveDataBrand, nameOf } from './kinds.js';
import { notCloneableAt, type Root } from './not-cloneable.js';
import { textOf, type Path } from './path.js';
import type { Peer } from './peer.js';
import type { Placeholder, StreamPlaceholder } from './protocol.js';
import { methodsOfReadable } from './readable.js';
import type { Exposed, OpenThing } from './remote-object.js';
import { methodsOfLastingSignal, methodsOfSignal } from './signal.js';
import type { Transferable } from './transfer.js';
import { methodsOfWritable } from './writable.js';

/** Makes placeholders for the values in one message, and takes them back when it is not sent. */
export class Placement implements CopyRules {
  readonly #peer: Peer;
  readonly #transfers: Transferable[];
  readonly #root: Root;
  readonly #isResult: boolean;
  readonly #channels: number[] = [];

  /** Ports that are arguments or results of their own are added to `transfers`. */
  constructor(peer: Peer, transfers: Transferable[], root: Root, isResult = false) {
    this.#isResult = isResult;
    this.#peer = peer;
    this.#transfers = transfers;
    this.#root = root;
  }

  /** Channels that were opened for the message. */
  get channels(): readonly number[] {
    return this.#channels;
  }

  place(value: object, at: Path, isTop: boolean): Placeholder | undefined {
    try {
      return this.#placeholderFor(value, at, isTop);
    } catch (error) {
      throw notCloneableAt(this.#root, at, `a ${nameOf(value)} that is in use`, error);
    }
  }

  refuse(at: Path, what: string): typeof omitted {
    throw notCloneableAt(this.#root, at, what);
  }

  isMoved(value: object): boolean {
    return this.#transfers.includes((ArrayBuffer.isView(value) ? value.buffer : value) as Transferable);
  }

  /** Closes the channels that were opened for the message, because it was not sent. */
  withdraw(cause: unknown): void {
    for (const channel of this.#channels) this.#peer.withdraw(channel, cause);
  }

  #placeholderFor(value: object, at: Path, isTop: boolean): Placeholder | undefined {
    if (typeof value === 'function') return isTop ? this.#callback(value as () => unknown, at) : undefined;
    if (value instanceof AbortSignal) return this.#signal(value);
    if (value instanceof ReadableStream) return this.#readable(value);
    if (value instanceof WritableStream) return this.#writable(value);
    if (value instanceof TransformStream) return this.#transform(value);
    if (isInstanceOf(value, 'Request')) return { kind: 'request', ...sendRequest(value, this.#parts) };
    if (isInstanceOf(value, 'Response')) return { kind: 'response', ...sendResponse(value, this.#parts) };
    if (isError(value)) return { kind: 'error', error: encodeError(value) };
    if (isTop) return this.#ownValue(value);
    return sendData(value);
  }

  /** Returns the placeholder of a value that only crosses as an argument or result of its own. */
  #ownValue(value: object): Placeholder | undefined {
    if (value instanceof MessagePort) {
      if (!this.#transfers.includes(value)) this.#transfers.push(value);
      return undefined;
    }
    if (liveDataBrand in value) return { kind: 'liveData', wire: { ...value } };
    const data = sendData(value);
    if (data || !isAsyncIterable(value)) return data;
    return { kind: 'iterable', channel: this.#exposeHeld((done) => methodsOfIterable(value, done)) };
  }

  #callback(value: () => unknown, at: Path): Placeholder {
    const name = value.name || textOf(at).text;
    const { methods } = methodsOfCallback(value, () => this.#peer.hold());
    const channel = this.#expose({ methods, giver: `the call-back ${name}`, callback: name });
    return { kind: 'function', channel, name };
  }

  /**
   * Exposes a signal. `owner` is kept until the call is answered: the signal of a request follows another one only while the
   * request is there.
   */
  #signal(value: AbortSignal, owner: object = value): Placeholder {
    if (value.aborted) return { kind: 'aborted', reason: encodeError(value.reason) };
    if (this.#isResult) return { kind: 'signal', channel: this.#exposeLasting(value) };
    const { methods, abandon } = methodsOfSignal(value);
    const channel = this.#expose({ methods, onRelease: abandon });
    this.#peer.keep(channel, owner);
    return { kind: 'signal', channel };
  }

  #exposeLasting(signal: AbortSignal): number {
    return this.#peer.exposeOnce(signal, () => {
      const { methods, abandon } = methodsOfLastingSignal(signal);
      return { methods, onRelease: abandon };
    });
  }

  #readable(value: ReadableStream): StreamPlaceholder {
    const bytes = isByteStream(value);
    const channel = this.#exposeHeld((done) => methodsOfReadable(value, bytes, done));
    return { kind: 'readable', channel, bytes };
  }

  #writable(value: WritableStream): StreamPlaceholder {
    return { kind: 'writable', channel: this.#exposeHeld((done) => methodsOfWritable(value, done)) };
  }

  #transform({ readable, writable }: TransformStream): Placeholder {
    return { kind: 'transform', readable: this.#readable(readable), writable: this.#writable(writable) };
  }

  get #parts(): PartSender {
    return {
      body: (stream) => this.#readable(stream),
      signal: (signal, owner) => this.#signal(signal, owner),
    };
  }

  /** Exposes an open thing: it counts as pending until it is done, released, or its link is gone. */
  #exposeHeld(methodsOf: (done: () => void) => OpenThing): number {
    const done = this.#peer.hold();
    try {
      const { methods, abandon } = methodsOf(done);
      return this.#expose({
        methods,
        onRelease: () => {
          done();
          abandon();
        },
      });
    } catch (error) {
      // Someone else reads or writes the stream already.
      done();
      throw error;
    }
  }

  #expose(exposed: Exposed): number {
    const channel = this.#peer.expose(exposed);
    this.#channels.push(channel);
    return channel;
  }
}

function isAsyncIterable(value: object): value is AsyncIterable<unknown> {
  return typeof (value as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator] === 'function';
}
