import { MessagePort } from 'node:worker_threads';
import type { ChannelObject, Methods } from './channel-object.js';
import { decodeError, encodeError } from './error-codec.js';
import { iterableFrom, methodsOfIterable } from './iterable.js';
import type { Mark, MarkedArgument } from './protocol.js';
import { readableFrom, methodsOfReadable, methodsOfWritable, writableFrom } from './streams.js';
import { methodsOfSignal, signalFrom } from './signal.js';
import { transfersOf, type Transferable } from './transfer.js';

/** What marshalling needs of a link: objects on channels of it, and a count of what is open. */
export interface MarkPeer {
  /** Exposes `methods` on a new channel and returns its number. */
  expose(methods: Methods, onRelease?: () => void): number;
  /** The object that the other side exposed on `channel`. */
  wrap(channel: number): ChannelObject;
  /** Takes back what was exposed for a message that was not sent. */
  withdraw(mark: Mark, cause: unknown): void;
  /** Counts something as pending until the returned function is called; more calls of it do nothing. */
  hold(): () => void;
  /** Live data from its wire form, as this side knows it. */
  liveData(wire: object): unknown;
}

/** What every copy of the class `LiveData` marks its instances with. */
const liveDataBrand = Symbol.for('liveswap.LiveData');

/** Whether `value` can be cloned by the platform without losing what it is. The hot path: plain data answers first. */
function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'function';
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    (prototype === Object.prototype || prototype === Array.prototype || prototype === null) &&
    !(Symbol.asyncIterator in value)
  );
}

/** The mark that stands for `value`, or `undefined` for what is cloned as it is, or cannot cross at all. */
export function markOf(peer: MarkPeer, value: unknown, transfers: Transferable[]): Mark | undefined {
  if (isPlain(value) || typeof value !== 'object' || value === null) return undefined;
  if (value instanceof MessagePort) {
    addTransfers(transfers, [value]);
    return undefined;
  }
  if (value instanceof AbortSignal) {
    if (value.aborted) return { kind: 'aborted', reason: encodeError(value.reason) };
    const { methods, abandon } = methodsOfSignal(value);
    return { kind: 'signal', channel: peer.expose(methods, abandon) };
  }
  if (value instanceof ReadableStream) {
    return { kind: 'readable', channel: exposeHeld(peer, (done) => methodsOfReadable(value, done)) };
  }
  if (value instanceof WritableStream) {
    return { kind: 'writable', channel: exposeHeld(peer, (done) => methodsOfWritable(value, done)) };
  }
  if (liveDataBrand in value) return { kind: 'liveData', wire: { ...value } };
  if (value instanceof Error) return { kind: 'error', error: encodeError(value) };
  if (isAsyncIterable(value)) {
    return { kind: 'iterable', channel: exposeHeld(peer, (done) => methodsOfIterable(value, done)) };
  }
  return undefined;
}

/** The value that `mark` stands for, on this side. */
export function readMark(peer: MarkPeer, mark: Mark): unknown {
  switch (mark.kind) {
    case 'function': {
      const remote = peer.wrap(mark.channel);
      return (...args: unknown[]) => remote.call('apply', args);
    }
    case 'iterable':
      return iterableFrom(peer.wrap(mark.channel));
    case 'readable':
      return readableFrom(peer.wrap(mark.channel));
    case 'writable':
      return writableFrom(peer.wrap(mark.channel));
    case 'signal':
      return signalFrom(peer.wrap(mark.channel));
    case 'aborted':
      return AbortSignal.abort(decodeError(mark.reason));
    case 'liveData':
      return peer.liveData(mark.wire);
    case 'error':
      return decodeError(mark.error);
    default:
      return mark satisfies never;
  }
}

/**
 * Replaces the arguments that need it by marks, which are added to `marks`. The result is `args` itself when none does.
 * When it throws, `marks` says what has been exposed already.
 */
export function markArguments(
  peer: MarkPeer,
  args: readonly unknown[],
  transfers: Transferable[],
  marks: MarkedArgument[],
): unknown[] {
  let wire = args as unknown[];
  for (let index = 0; index < args.length; index++) {
    const value = args[index];
    if (typeof value !== 'object' && typeof value !== 'function') continue;
    addTransfers(transfers, transfersOf(value));
    const mark =
      typeof value === 'function' ? markFunction(peer, value as Callback) : markOf(peer, value, transfers);
    if (!mark) continue;
    if (marks.length === 0) wire = [...args];
    wire[index] = undefined;
    marks.push([index, mark]);
    // What a mark stands for stays here: the platform would refuse to move what is in use.
    const listed = transfers.indexOf(value as Transferable);
    if (listed !== -1) transfers.splice(listed, 1);
  }
  return wire;
}

/** The arguments without those that marks stand for. */
export function unmarked(args: readonly unknown[], marks: readonly MarkedArgument[]): unknown[] {
  const marked = new Set(marks.map(([index]) => index));
  return args.map((value, index) => (marked.has(index) ? undefined : value));
}

/** Whether the arguments can be sent a second time: nothing among them was moved or used up by the first. */
export function canSendAgain(args: readonly unknown[]): boolean {
  return args.every(
    (value) =>
      isPlain(value) ||
      typeof value !== 'object' ||
      value === null ||
      !(
        value instanceof MessagePort ||
        value instanceof ReadableStream ||
        value instanceof WritableStream ||
        isAsyncIterable(value)
      ),
  );
}

/** The platform refuses a list that names something twice. */
function addTransfers(transfers: Transferable[], more: readonly Transferable[]): void {
  for (const one of more) if (!transfers.includes(one)) transfers.push(one);
}

/** Puts what the marks stand for back into `args`, in place. */
export function restoreArguments(
  peer: MarkPeer,
  args: unknown[],
  marks: readonly MarkedArgument[],
): unknown[] {
  for (const [index, mark] of marks) args[index] = readMark(peer, mark);
  return args;
}

type Callback = (...args: never[]) => unknown;

function markFunction(peer: MarkPeer, callback: Callback): Mark {
  const apply = async (...args: never[]): Promise<unknown> => {
    const done = peer.hold();
    try {
      return await callback(...args);
    } finally {
      done();
    }
  };
  return { kind: 'function', channel: peer.expose({ apply }) };
}

/** Exposes an open thing: it counts as pending until it is done, released, or its link is gone. */
function exposeHeld(peer: MarkPeer, methodsOf: (done: () => void) => OpenThing): number {
  const done = peer.hold();
  try {
    const { methods, abandon } = methodsOf(done);
    return peer.expose(methods, () => {
      done();
      abandon();
    });
  } catch (error) {
    // Someone else reads or writes it already.
    done();
    throw error;
  }
}

/** Something with a beginning and an end that the other side drives. */
export interface OpenThing {
  readonly methods: Methods;
  /** Frees what is behind it, because nobody will ask any more. Never throws; harmless after the end. */
  readonly abandon: () => void;
}

function isAsyncIterable(value: object): value is AsyncIterable<unknown> {
  return typeof (value as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator] === 'function';
}
