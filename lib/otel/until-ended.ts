import { finished } from 'node:stream';
import { isInstanceOf } from '../core/lazy-classes.js';
import { isByteStream } from '../core/is-byte-stream.js';
import { isNodeStream } from '../core/node-stream.js';

/** Called once, when the answer has ended, or with the error with which it failed: even `undefined`. */
export type OnEnd = (...failure: [error?: unknown]) => void;

/** Runs each step of a continuing answer in the context of its call. */
type Within = <Result>(run: () => Result) => Result;

/**
 * Returns an answer that reports its end: a stream, an iterator or the body of a response when it was read to the end or given
 * up, any other answer at once.
 */
export function untilEnded(answer: unknown, within: Within, onEnd: OnEnd): unknown {
  if (typeof answer === 'object' && answer !== null) {
    if (answer instanceof ReadableStream) return streamUntilEnded(answer, within, onEnd);
    if (isNodeStream(answer)) {
      finished(answer, { writable: false }, (error) => (error ? onEnd(error) : onEnd()));
      return answer;
    }
    if (isInstanceOf(answer, 'Response') && answer.body) {
      return new Response(streamUntilEnded(answer.body, within, onEnd), answer);
    }
    if (isAsyncIterable(answer)) return new TracedIterator(answer[Symbol.asyncIterator](), within, onEnd);
  }
  onEnd();
  return answer;
}

function streamUntilEnded(stream: ReadableStream<unknown>, within: Within, onEnd: OnEnd): ReadableStream {
  const isOfBytes = isByteStream(stream);
  const iterator = new TracedIterator(stream.values(), within, onEnd);
  const cancel = async (): Promise<void> => void (await iterator.return());
  if (!isOfBytes) {
    const pull = async (to: ReadableStreamDefaultController): Promise<void> =>
      void (await pass(iterator, to));
    return new ReadableStream<unknown>({ pull, cancel }, { highWaterMark: 0 });
  }
  return new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      const isOver = await pass(iterator as AsyncIterator<ArrayBufferView>, controller);
      // A reader that waits with a buffer gets it back.
      if (isOver) controller.byobRequest?.respond(0);
    },
    cancel,
  });
}

/** Passes on the next value or the end. Resolves to true at the end. */
async function pass<Value>(
  iterator: AsyncIterator<Value>,
  controller: { enqueue(value: Value): void; close(): void },
): Promise<boolean> {
  const { done, value } = await iterator.next();
  if (done) controller.close();
  else controller.enqueue(value);
  return done ?? false;
}

/** An iterator over the values of another one. */
class TracedIterator implements AsyncIterableIterator<unknown> {
  readonly #iterator: AsyncIterator<unknown>;
  readonly #within: Within;
  readonly #onEnd: OnEnd;

  constructor(iterator: AsyncIterator<unknown>, within: Within, onEnd: OnEnd) {
    this.#iterator = iterator;
    this.#within = within;
    this.#onEnd = onEnd;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(...given: [] | [unknown]): Promise<IteratorResult<unknown>> {
    return this.#step(() => this.#iterator.next(...given));
  }

  async return(value?: unknown): Promise<IteratorResult<unknown>> {
    const iterator = this.#iterator;
    const result = await this.#step(async () => iterator.return?.(value) ?? { done: true, value });
    this.#onEnd();
    return result;
  }

  async throw(error?: unknown): Promise<IteratorResult<unknown>> {
    const iterator = this.#iterator;
    return this.#step(async () => {
      if (!iterator.throw) throw error;
      return iterator.throw(error);
    });
  }

  async #step(run: () => Promise<IteratorResult<unknown>>): Promise<IteratorResult<unknown>> {
    try {
      const result = await this.#within(run);
      if (result.done) this.#onEnd();
      return result;
    } catch (error) {
      this.#onEnd(error);
      throw error;
    }
  }
}

function isAsyncIterable(value: object): value is AsyncIterable<unknown> {
  return Symbol.asyncIterator in value;
}
