import type { UnderlyingSink } from 'node:stream/web';
import { followEnd, type Follower } from './follow-end.js';
import type { OpenThing, RemoteObject } from './remote-object.js';

/** Lets the other side write to `stream`; each write is answered when the stream is ready for more. */
export function methodsOfWritable(stream: WritableStream<unknown>, done: () => void): OpenThing {
  const writer = stream.getWriter();
  const ending = async (end: () => Promise<void>): Promise<void> => {
    try {
      await end();
    } finally {
      done();
    }
  };
  return {
    methods: {
      async write(chunk: unknown) {
        await writer.ready;
        await writer.write(chunk);
      },
      ended: () => writer.closed,
      close: () => ending(() => writer.close()),
      abort: (reason: unknown) => ending(() => writer.abort(reason)),
    },
    abandon() {
      writer.abort(new DOMException('The writer of this stream is gone.', 'AbortError')).catch(() => {});
    },
  };
}

/** Makes a stream that writes to the other side's. */
export function writableFrom(remote: RemoteObject): WritableStream<unknown> {
  const sink = new RemoteSink(remote);
  const stream = new WritableStream<unknown>(sink.methods);
  remote.releaseWith(stream);
  followEnd(remote, stream, sink);
  return stream;
}

/** Sink of a stream of this side: the stream of the other side, which only this side closes. */
class RemoteSink implements Follower {
  readonly #remote: RemoteObject;
  #controller: WritableStreamDefaultController | undefined;
  #isAsking = false;
  #hasFailed = false;
  readonly methods: UnderlyingSink<unknown> = {
    start: (controller) => {
      this.#controller = controller;
    },
    write: (chunk) => this.#ask('write', [chunk]),
    close: () => this.#ask('close', []),
    // The platform aborts a stream whose write fails while its abortion waits for that write; nobody would answer any more.
    abort: (reason) => (this.#hasFailed ? undefined : this.#ask('abort', [reason])),
  };

  constructor(remote: RemoteObject) {
    this.#remote = remote;
  }

  /** Handles the failure of the other side's stream. Harmless after the end. */
  fail(error: unknown): void {
    this.#hasFailed = true;
    this.#controller?.error(error);
    // Once the object is released, no answer arrives any more, and the platform waits for that to a write.
    if (!this.#isAsking) this.#remote.release();
  }

  async #ask(method: 'write' | 'close' | 'abort', args: readonly unknown[]): Promise<void> {
    this.#isAsking = true;
    try {
      await this.#remote.call(method, args);
    } catch (error) {
      // A stream that has failed must be neither closed nor aborted.
      this.#hasFailed = true;
      throw error;
    } finally {
      this.#isAsking = false;
      if (this.#hasFailed || method !== 'write') this.#remote.release();
    }
  }
}
