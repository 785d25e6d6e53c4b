import type { ChannelObject } from './channel-object.js';
import type { OpenThing } from './marshal.js';

/** Lets the other side read `stream`, one chunk a call. `done` is called at its end. */
export function methodsOfReadable(stream: ReadableStream<unknown>, done: () => void): OpenThing {
  const reader = stream.getReader();
  return {
    methods: {
      async pull() {
        try {
          const result = await reader.read();
          if (result.done) done();
          return result;
        } catch (error) {
          done();
          throw error;
        }
      },
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

/** A stream over the other side's; it reads ahead nothing, so the back-pressure is the reader's. */
export function readableFrom(remote: ChannelObject): ReadableStream<unknown> {
  return new ReadableStream<unknown>(
    {
      async pull(controller) {
        try {
          const result = (await remote.call('pull', [])) as { done: boolean; value: unknown };
          if (!result.done) return controller.enqueue(result.value);
          controller.close();
          remote.release();
        } catch (error) {
          controller.error(error);
          remote.release();
        }
      },
      async cancel(reason) {
        try {
          await remote.call('cancel', [reason]);
        } finally {
          remote.release();
        }
      },
    },
    { highWaterMark: 0 },
  );
}

/** Lets the other side write to `stream`; a write is answered when the stream is ready for more. */
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

/** A stream that writes to the other side's. */
export function writableFrom(remote: ChannelObject): WritableStream<unknown> {
  const ending = async (method: string, args: readonly unknown[]): Promise<void> => {
    try {
      await remote.call(method, args);
    } finally {
      remote.release();
    }
  };
  return new WritableStream<unknown>({
    async write(chunk) {
      try {
        await remote.call('write', [chunk]);
      } catch (error) {
        // A stream that has failed is neither closed nor aborted any more.
        remote.release();
        throw error;
      }
    },
    close: () => ending('close', []),
    abort: (reason) => ending('abort', [reason]),
  });
}
