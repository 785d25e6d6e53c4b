import { expect, test } from 'vitest';
import { linkPair } from '../helpers/link-pair.js';

function bytes(count: number): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    type: 'bytes',
    pull(controller) {
      const view = controller.byobRequest?.view;
      const size = Math.min(view?.byteLength ?? 4, count - sent);
      if (size === 0) {
        controller.close();
        return controller.byobRequest?.respond(0);
      }
      const chunk = new Uint8Array(size).fill(sent);
      sent += size;
      if (!view) return controller.enqueue(chunk);
      new Uint8Array(view.buffer, view.byteOffset, size).set(chunk);
      return controller.byobRequest?.respond(size);
    },
  });
}

test('a stream of bytes is read into the buffers of its reader', async () => {
  const { call } = linkPair({ fetch: () => bytes(10) });
  const reader = ((await call('fetch')) as ReadableStream<Uint8Array>).getReader({ mode: 'byob' });
  const sizes: number[] = [];
  for (;;) {
    const { done, value } = await reader.read(new Uint8Array(4));
    if (done) break;
    sizes.push(value.byteLength);
  }
  expect(sizes).toEqual([4, 4, 2]);
});

test('and like any other', async () => {
  const { call } = linkPair({ fetch: () => new Response('water').body });
  const text = await new Response((await call('fetch')) as ReadableStream).text();
  expect(text).toBe('water');
});

test('waiting for the end of a stream without reading it ends, too', async () => {
  let end = (): void => {};
  const source = new ReadableStream({
    start: (controller) => {
      end = () => controller.close();
    },
  });
  const { call } = linkPair({ fetch: () => source });
  const { closed } = ((await call('fetch')) as ReadableStream).getReader();
  end();
  await closed;
});

test('and of its failure', async () => {
  let fail = (): void => {};
  const source = new ReadableStream({
    start: (controller) => {
      fail = () => controller.error(new RangeError('dry'));
    },
  });
  const { call } = linkPair({ fetch: () => source });
  const { closed } = ((await call('fetch')) as ReadableStream).getReader();
  fail();
  await expect(closed).rejects.toThrow(RangeError);
});
