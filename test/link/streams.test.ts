import { expect, test } from 'vitest';
import { linkPair } from '../helpers/link-pair.js';
import { until, untilCollected } from '../helpers/until.js';

function countingStream(): {
  stream: ReadableStream<number>;
  pulls: () => number;
  cancelled: Promise<unknown>;
} {
  let pulled = 0;
  const cancelled = withResolvers();
  const stream = new ReadableStream<number>(
    {
      pull(controller) {
        controller.enqueue(pulled++);
      },
      cancel: (reason) => cancelled.resolve(reason),
    },
    { highWaterMark: 0 },
  );
  return { stream, pulls: () => pulled, cancelled: cancelled.promise };
}

function withResolvers(): { promise: Promise<unknown>; resolve: (value: unknown) => void } {
  let resolve = (_value: unknown): void => {};
  const promise = new Promise<unknown>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

async function readAll(stream: ReadableStream<unknown>): Promise<unknown[]> {
  const chunks: unknown[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

test('a readable result is read chunk by chunk and counts as held until its end', async () => {
  const { call, held } = linkPair({ fetch: () => ReadableStream.from(['one', 'two', 'three']) });
  const stream = (await call('fetch')) as ReadableStream;
  expect(held()).toBe(1);
  expect(await readAll(stream)).toEqual(['one', 'two', 'three']);
  await until(() => held() === 0);
});

test('nothing is read ahead: the back-pressure is the reader’s', async () => {
  const source = countingStream();
  const { call } = linkPair({ fetch: () => source.stream });
  const reader = ((await call('fetch')) as ReadableStream).getReader();
  await reader.read();
  await reader.read();
  expect(source.pulls()).toBe(2);
});

test('cancelling a stream cancels its source, with the reason', async () => {
  const source = countingStream();
  const { call, held } = linkPair({ fetch: () => source.stream });
  const stream = (await call('fetch')) as ReadableStream;
  await stream.cancel('enough');
  expect(await source.cancelled).toBe('enough');
  expect(held()).toBe(0);
});

test('a reason that cannot cross cancels the source all the same', async () => {
  const source = countingStream();
  const { call, held } = linkPair({ fetch: () => source.stream });
  const stream = (await call('fetch')) as ReadableStream;
  await expect(stream.cancel(Symbol('oath'))).rejects.toMatchObject({ code: 'NOT_CLONEABLE' });
  expect(await source.cancelled).toBeInstanceOf(DOMException);
  await until(() => held() === 0);
});

test('a stream that fails in the middle fails for its reader, and is let go', async () => {
  const { call, held } = linkPair({
    fetch: () =>
      ReadableStream.from(
        (async function* () {
          yield 'one';
          throw new RangeError('the well is dry');
        })(),
      ),
  });
  const reader = ((await call('fetch')) as ReadableStream).getReader();
  expect(await reader.read()).toEqual({ done: false, value: 'one' });
  await expect(reader.read()).rejects.toThrow(RangeError);
  await until(() => held() === 0);
});

test('a chunk that cannot cross fails the stream, naming the path', async () => {
  const { call, held } = linkPair({ fetch: () => ReadableStream.from([{ onDone: () => {} }]) });
  const reader = ((await call('fetch')) as ReadableStream).getReader();
  await expect(reader.read()).rejects.toMatchObject({ code: 'NOT_CLONEABLE' });
  await until(() => held() === 0);
});

test('a stream that is abandoned is cancelled on the other side when it is collected', async () => {
  const source = countingStream();
  const { call, held } = linkPair({ fetch: () => source.stream });
  const open = [await call('fetch')];
  expect(held()).toBe(1);
  open.length = 0;
  await untilCollected(() => held() === 0);
  expect(await source.cancelled).toBeInstanceOf(DOMException);
});

test('a stream whose link is cut rejects with what it was cut with, also when nothing was being read', async () => {
  const source = countingStream();
  const { call, near, far, held } = linkPair({ fetch: () => source.stream });
  const idle = ((await call('fetch')) as ReadableStream).getReader();
  near.close(new RangeError('cut'));
  far.close(new RangeError('cut'));
  await expect(idle.read()).rejects.toThrow('cut');
  await source.cancelled;
  expect(held()).toBe(0);
});

test('cancelling is answered although the chunk that was asked for comes first', async () => {
  const asked = withResolvers();
  const chunk = withResolvers();
  const { call, held } = linkPair({
    open: () =>
      new ReadableStream(
        {
          async pull(controller) {
            asked.resolve(undefined);
            controller.enqueue(await chunk.promise);
          },
        },
        { highWaterMark: 0 },
      ),
  });
  const reader = ((await call('open')) as ReadableStream<string>).getReader();
  const read = reader.read();
  await asked.promise;
  // The answer to the read is on its way when the stream is cancelled.
  chunk.resolve('too late');
  const cancelled = reader.cancel('enough');
  expect(await read).toEqual({ done: true, value: undefined });
  await cancelled;
  await until(() => held() === 0);
});

test('a pipe of two streams of the other side ends when it is aborted', async () => {
  const source = countingStream();
  const { call, held } = linkPair({ read: () => source.stream, write: () => new WritableStream() });
  const from = (await call('read')) as ReadableStream;
  const to = (await call('write')) as WritableStream;
  const caller = new AbortController();
  const piped = from.pipeTo(to, { signal: caller.signal });
  await until(() => source.pulls() > 2);
  caller.abort(new Error('Halt.'));
  await expect(piped).rejects.toThrow('Halt.');
  await until(() => held() === 0);
});

test('a writable argument takes chunks, closes, and is held while it is open', async () => {
  const written: unknown[] = [];
  const { call } = linkPair({
    pour: async (target: WritableStream) => {
      const writer = target.getWriter();
      await writer.write('one');
      await writer.write('two');
      await writer.close();
    },
  });
  await call('pour', new WritableStream({ write: (chunk) => void written.push(chunk) }));
  expect(written).toEqual(['one', 'two']);
});

test('writing waits until the other side has taken the chunk', async () => {
  const gate = withResolvers();
  const taken: unknown[] = [];
  const { call } = linkPair({
    open: () =>
      new WritableStream({
        async write(chunk) {
          taken.push(chunk);
          await gate.promise;
        },
      }),
  });
  const writer = ((await call('open')) as WritableStream).getWriter();
  const first = writer.write(1);
  const second = writer.write(2);
  await until(() => taken.length === 1);
  expect(taken).toEqual([1]);
  gate.resolve(undefined);
  await first;
  await second;
  expect(taken).toEqual([1, 2]);
});

test('a sink that fails fails the writer, and is let go', async () => {
  const { call, held } = linkPair({
    open: () =>
      new WritableStream({
        write() {
          throw new RangeError('the cup is full');
        },
      }),
  });
  const writer = ((await call('open')) as WritableStream).getWriter();
  writer.closed.catch(() => {});
  await expect(writer.write(1)).rejects.toThrow(RangeError);
  await until(() => held() === 0);
});

test('a writer that waits is told when the other side’s sink fails by itself, and the stream is held no longer', async () => {
  let fail = (_reason: unknown): void => {};
  const { call, held } = linkPair({
    open: () =>
      new WritableStream({ start: (controller) => void (fail = (reason) => controller.error(reason)) }),
  });
  const writer = ((await call('open')) as WritableStream).getWriter();
  await writer.write('salt');
  fail(new RangeError('The ship has sunk.'));
  await expect(writer.closed).rejects.toThrow(new RangeError('The ship has sunk.'));
  await expect(writer.write('pepper')).rejects.toThrow('The ship has sunk.');
  await until(() => held() === 0);
});

test('a write that is under way when the sink fails is answered', async () => {
  const arrived = withResolvers();
  const unloaded = withResolvers();
  let fail = (_reason: unknown): void => {};
  const { call, held } = linkPair({
    open: () =>
      new WritableStream({
        start: (controller) => void (fail = (reason) => controller.error(reason)),
        async write(chunk) {
          arrived.resolve(chunk);
          await unloaded.promise;
        },
      }),
  });
  const writer = ((await call('open')) as WritableStream).getWriter();
  const writing = writer.write('salt');
  const waiting = writer.write('pepper').catch((error: unknown) => error);
  await arrived.promise;
  fail(new RangeError('The ship has sunk.'));
  unloaded.resolve(undefined);
  await writing;
  expect(await waiting).toBeInstanceOf(RangeError);
  await expect(writer.closed).rejects.toThrow('The ship has sunk.');
  await until(() => held() === 0);
});

test('aborting a writable aborts the sink, with the reason', async () => {
  const aborted = withResolvers();
  const { call, held } = linkPair({
    open: () => new WritableStream({ abort: (reason) => aborted.resolve(reason) }),
  });
  await ((await call('open')) as WritableStream).abort('retreat');
  expect(await aborted.promise).toBe('retreat');
  await until(() => held() === 0);
});

test('aborting while a write fails is answered, and the sink is let go', async () => {
  const failure = withResolvers();
  const { call, held } = linkPair({
    open: () =>
      new WritableStream({
        async write() {
          throw await failure.promise;
        },
      }),
  });
  const writer = ((await call('open')) as WritableStream<string>).getWriter();
  const write = expect(writer.write('a cannonball')).rejects.toThrow('Misfire.');
  const closed = expect(writer.closed).rejects.toBe('retreat');
  const aborted = writer.abort('retreat');
  failure.resolve(new Error('Misfire.'));
  await Promise.all([write, closed, aborted]);
  await until(() => held() === 0);
});

test('a result that comes after the link was cut is discarded: its source is cancelled', async () => {
  const source = countingStream();
  const go = withResolvers();
  let entered = false;
  const { call, far, held } = linkPair({
    fetch: async () => {
      entered = true;
      await go.promise;
      return source.stream;
    },
  });
  const pending = call('fetch').catch(() => {});
  await until(() => entered);
  far.close(new Error('cut'));
  go.resolve(undefined);
  expect(await source.cancelled).toBeInstanceOf(DOMException);
  expect(held()).toBe(0);
  void pending;
});
