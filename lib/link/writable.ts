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
  let hasFailed = false;
  const ending = async (method: string, args: readonly unknown[]): Promise<void> => {
    try {
      await remote.call(method, args);
    } finally {
      remote.release();
    }
  };
  const stream = new WritableStream<unknown>({
    async write(chunk) {
      try {
        await remote.call('write', [chunk]);
      } catch (error) {
        // A stream that has failed must be neither closed nor aborted.
        hasFailed = true;
        remote.release();
        throw error;
      }
    },
    close: () => ending('close', []),
    // The platform aborts a stream whose write fails while its abortion waits for that write; nobody would answer any more.
    abort: (reason) => (hasFailed ? undefined : ending('abort', [reason])),
  });
  remote.releaseWith(stream);
  return stream;
}
