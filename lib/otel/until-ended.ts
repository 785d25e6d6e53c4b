import { finished, Readable } from 'node:stream';

/** Called once: what was answered with has ended, or failed. */
type OnEnd = (error?: unknown) => void;

/** Runs each step of an answer that goes on in the context of its call. */
type Within = <Result>(run: () => Result) => Result;

/**
 * Returns an answer that tells when it has ended: a stream, an iterator and the body of a response when they are read to the end or
 * given up, anything else at once.
 */
export function untilEnded(answer: unknown, within: Within, onEnd: OnEnd): unknown {
  if (answer instanceof ReadableStream) return streamUntilEnded(answer, within, onEnd);
  if (answer instanceof Response && answer.body) {
    return new Response(streamUntilEnded(answer.body, within, onEnd), answer);
  }
  if (answer instanceof Readable) {
    finished(answer, onEnd);
    return answer;
  }
  if (isAsyncIterable(answer)) return new TracedIterator(answer[Symbol.asyncIterator](), within, onEnd);
  onEnd();
  return answer;
}

function streamUntilEnded(stream: ReadableStream<unknown>, within: Within, onEnd: OnEnd): ReadableStream {
  const iterator = new TracedIterator(stream.values(), within, onEnd);
  return new ReadableStream<unknown>(
    {
      async pull(controller) {
        const { done, value } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: async () => void (await iterator.return()),
    },
    { highWaterMark: 0 },
  );
}

/** An iterator of another one's values. */
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

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
