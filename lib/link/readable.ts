import { followEnd, type Follower } from './follow-end.js';
import type { OpenThing, RemoteObject } from './remote-object.js';

interface ReadResult {
  readonly done: boolean;
  readonly value?: unknown;
}

/** Number of bytes that are read at once from a byte stream, unless the reader says otherwise. */
const BYTES_AT_ONCE = 65_536;

/**
 * Lets the other side read `stream`, one chunk a call. `done` is called at its end.
 * @throws TypeError when somebody reads it already
 */
export function methodsOfReadable(
  stream: ReadableStream<unknown>,
  bytes: boolean,
  done: () => void,
): OpenThing {
  const { read, reader } = bytes ? bytesOf(stream as ReadableStream<Uint8Array>) : chunksOf(stream);
  // The stream may fail when nobody has asked for a chunk.
  reader.closed.catch(() => {});
  return {
    methods: {
      async pull(size?: number) {
        try {
          const result = await read(size);
          if (result.done) done();
          return result;
        } catch (error) {
          done();
          throw error;
        }
      },
      ended: () => reader.closed,
      async cancel(reason: unknown) {
        done();
        await reader.cancel(reason);
      },
    },
    abandon() {
      reader.cancel(new DOMException('The reader of this stream is gone.', 'AbortError')).catch(() => {});
    },
  };
}

interface Source {
  readonly reader: Pick<ReadableStreamDefaultReader, 'closed' | 'cancel'>;
  /** Reads one chunk, of `size` bytes at most. */
  readonly read: (size?: number) => Promise<ReadResult>;
}

function chunksOf(stream: ReadableStream<unknown>): Source {
  const reader = stream.getReader();
  return { reader, read: () => reader.read() };
}

function bytesOf(stream: ReadableStream<Uint8Array>): Source {
  const reader = stream.getReader({ mode: 'byob' });
  const read = async (size = BYTES_AT_ONCE): Promise<ReadResult> => {
    const { done, value } = await reader.read(new Uint8Array(size));
    return done ? { done } : { done, value };
  };
  return { reader, read };
}

type Controller = ReadableStreamDefaultController | ReadableByteStreamController;

/**
 * Makes a stream over the other side's. It does not read ahead, so the reader determines the back-pressure. A byte stream can be
 * read into buffers, like the original.
 */
export function readableFrom(remote: RemoteObject, bytes: boolean): ReadableStream<unknown> {
  const source = new RemoteSource(remote);
  const stream = bytes
    ? new ReadableStream({ ...source.methods, type: 'bytes' }, { highWaterMark: 0 })
    : new ReadableStream<unknown>(source.methods, { highWaterMark: 0 });
  remote.releaseWith(stream);
  followEnd(remote, stream, source);
  return stream;
}

/** Source of a stream of this side: the stream of the other side. */
class RemoteSource implements Follower {
  readonly #remote: RemoteObject;
  #controller: Controller | undefined;
  #isPulling = false;
  #hasEnded = false;
  readonly methods = {
    start: (controller: Controller): void => {
      this.#controller = controller;
    },
    pull: (controller: Controller): Promise<void> => this.#pull(controller),
    cancel: (reason: unknown): Promise<void> => this.#cancel(reason),
  };

  constructor(remote: RemoteObject) {
    this.#remote = remote;
  }

  /** Handles the end of the other side's stream; a chunk that is being pulled comes first. Harmless after a cancellation. */
  end(): void {
    this.#hasEnded = true;
    const controller = this.#controller;
    if (this.#isPulling || !controller) return;
    this.#controller = undefined;
    this.#remote.release();
    controller.close();
    // A reader that waits with a buffer gets it back.
    if ('byobRequest' in controller) controller.byobRequest?.respond(0);
  }

  /** Handles the failure of the other side's stream. Harmless after the end, and after a cancellation. */
  fail(error: unknown): void {
    const controller = this.#controller;
    if (!controller) return;
    this.#controller = undefined;
    this.#remote.release();
    controller.error(error);
  }

  async #pull(controller: Controller): Promise<void> {
    const request = 'byobRequest' in controller ? controller.byobRequest : null;
    const size = request?.view?.byteLength;
    this.#isPulling = true;
    try {
      const result = (await this.#remote.call('pull', size === undefined ? [] : [size])) as ReadResult;
      this.#isPulling = false;
      // A chunk that comes after a cancellation has no taker. The object is released with the answer to that: once it is
      // released, no answer arrives any more.
      if (!this.#controller) return;
      if (result.done) return this.end();
      if (request?.view) fill(request, result.value as Uint8Array);
      else controller.enqueue(result.value as Uint8Array);
      if (this.#hasEnded) this.end();
    } catch (error) {
      this.fail(error);
    }
  }

  async #cancel(reason: unknown): Promise<void> {
    this.#controller = undefined;
    try {
      await this.#remote.call('cancel', [reason]);
    } finally {
      this.#remote.release();
    }
  }
}

function fill(request: ReadableStreamBYOBRequest, chunk: Uint8Array): void {
  const view = request.view as Uint8Array;
  new Uint8Array(view.buffer, view.byteOffset, view.byteLength).set(chunk);
  request.respond(chunk.byteLength);
}
