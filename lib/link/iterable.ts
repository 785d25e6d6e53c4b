import { ignore } from '../core/discard.js';
import { isNodeStream, watchNodeStream } from '../core/node-stream.js';
import type { OpenThing, RemoteObject } from './remote-object.js';

type Step = IteratorResult<unknown, unknown>;

/** Lets the other side pull `iterable`, one step for each call, which gives back-pressure. `done` is called at its end. */
export function methodsOfIterable(iterable: AsyncIterable<unknown>, done: () => void): OpenThing {
  const close = closerOf(iterable);
  const iterator = iterable[Symbol.asyncIterator]();
  const step = async (take: () => Promise<Step> | undefined, otherwise: Step): Promise<Step> => {
    try {
      const result = (await take()) ?? otherwise;
      if (result.done === true) done();
      return { done: result.done === true, value: result.value };
    } catch (error) {
      done();
      throw error;
    }
  };
  return {
    methods: {
      next: (...args: [] | [unknown]) => step(() => iterator.next(...args), { done: true, value: undefined }),
      return: (value?: unknown) => {
        const returned = step(() => iterator.return?.(value), { done: true, value });
        close();
        return returned;
      },
      throw: async (error: unknown) => {
        if (iterator.throw) return step(() => iterator.throw?.(error), { done: true, value: undefined });
        await step(() => iterator.return?.(), { done: true, value: undefined });
        close();
        throw error;
      },
    },
    abandon: () => {
      ignore(() => iterator.return?.());
      close();
    },
  };
}

/**
 * Returns a function that frees an iterable that nobody has begun to read. A generator has nothing to free then. A stream of Node
 * may have a file open, which its iterator closes only once it has begun. The stream is watched from now on, because it may fail
 * before it is read.
 */
function closerOf(iterable: AsyncIterable<unknown>): () => void {
  if (!isNodeStream(iterable)) return () => {};
  watchNodeStream(iterable);
  return () => iterable.destroy();
}

/** Makes an async iterator over the other side's iterable. */
export function iterableFrom(remote: RemoteObject): AsyncGenerator<unknown, unknown, unknown> {
  let asked = 0;
  let isOver = false;
  const step = async (method: string, args: readonly unknown[]): Promise<Step> => {
    asked++;
    try {
      const result = (await remote.call(method, args)) as Step;
      if (result.done === true) isOver = true;
      return result;
    } catch (error) {
      isOver = true;
      throw error;
    } finally {
      // Steps may be asked for before the one before is there. Once the object is released, no answer arrives any more.
      if (--asked === 0 && isOver) remote.release();
    }
  };
  const iterator = new RemoteIterator(step);
  remote.releaseWith(iterator);
  return iterator;
}

class RemoteIterator implements AsyncGenerator<unknown, unknown, unknown> {
  readonly #step: (method: string, args: readonly unknown[]) => Promise<Step>;
  #ended = false;

  constructor(step: (method: string, args: readonly unknown[]) => Promise<Step>) {
    this.#step = step;
  }

  next(...args: [] | [unknown]): Promise<Step> {
    return this.#take('next', args, { done: true, value: undefined });
  }

  return(value: unknown): Promise<Step> {
    return this.#take('return', [value], { done: true, value });
  }

  async throw(error: unknown): Promise<Step> {
    if (this.#ended) throw error;
    return this.#take('throw', [error], { done: true, value: undefined });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return(undefined);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #take(method: string, args: readonly unknown[], atEnd: Step): Promise<Step> {
    if (this.#ended) return atEnd;
    try {
      const result = await this.#step(method, args);
      if (result.done === true) this.#ended = true;
      return result;
    } catch (error) {
      this.#ended = true;
      throw error;
    }
  }
}
