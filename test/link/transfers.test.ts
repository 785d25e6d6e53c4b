import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { markTransfer } from '../../lib/link/transfer.js';
import { linkPair } from '../helpers/link-pair.js';

test('a transferred buffer is moved, not copied', async () => {
  const { callWith } = linkPair({ weigh: (buffer: ArrayBuffer) => buffer.byteLength });
  const buffer = new ArrayBuffer(1_024);
  expect(await callWith([buffer], 'weigh', buffer)).toBe(1_024);
  expect(buffer.byteLength).toBe(0);
});

test('a result marked by transfer() is moved', async () => {
  const kept = new ArrayBuffer(64);
  const { call } = linkPair({ fetch: () => markTransfer({ kept }, [kept]) });
  expect(((await call('fetch')) as { kept: ArrayBuffer }).kept.byteLength).toBe(64);
  expect(kept.byteLength).toBe(0);
});

test('an argument marked by transfer() is moved, and may be listed twice', async () => {
  const kept = new ArrayBuffer(64);
  const { callWith } = linkPair({ weigh: (one: { kept: ArrayBuffer }) => one.kept.byteLength });
  expect(await callWith([kept], 'weigh', markTransfer({ kept }, [kept]))).toBe(64);
  expect(kept.byteLength).toBe(0);
});

test('a buffer that was moved before is refused, in arguments and in results; an empty one is not', async () => {
  const kept = new ArrayBuffer(64);
  const { call, callWith } = linkPair({
    weigh: (buffer: ArrayBuffer) => buffer.byteLength,
    weighAll: ({ one }: { one: ArrayBuffer }) => one.byteLength,
    fetch: () => markTransfer({ kept }, [kept]),
  });
  await call('fetch');
  const refused = (path: string): object => ({
    code: 'NOT_CLONEABLE',
    path,
    message: expect.stringContaining('a buffer that was moved to another thread before') as string,
  });
  await expect(call('fetch')).rejects.toMatchObject(refused('result'));
  const buffer = new ArrayBuffer(1_024);
  const listed = markTransfer(buffer, [buffer]);
  expect(await call('weigh', listed)).toBe(1_024);
  await expect(call('weigh', listed)).rejects.toMatchObject(refused('arguments[0]'));
  await expect(callWith([buffer], 'weigh', buffer)).rejects.toMatchObject(refused('arguments[0]'));
  await expect(callWith([buffer], 'weighAll', { one: buffer })).rejects.toMatchObject(refused('arguments'));
  const empty = new ArrayBuffer(0);
  expect(await callWith([empty], 'weigh', empty)).toBe(0);
});

test.each([true, false])('a MessagePort is moved as an argument of its own (listed: %s)', async (listed) => {
  const { callWith } = linkPair({ shout: (port: MessagePort) => port.postMessage('from afar', []) });
  const { port1, port2 } = new MessageChannel();
  await callWith(listed ? [port2] : [], 'shout', port2);
  expect(await once(port1, 'message')).toEqual(['from afar']);
  port1.close();
});

test('a MessagePort inside an argument has to be listed', async () => {
  const { call, callWith } = linkPair({
    shout: ({ port }: { port: MessagePort }) => port.postMessage('from afar', []),
  });
  const { port1, port2 } = new MessageChannel();
  await expect(call('shout', { port: port2 })).rejects.toMatchObject({
    code: 'NOT_CLONEABLE',
    path: 'arguments[0].port',
  });
  await callWith([port2], 'shout', { port: port2 });
  expect(await once(port1, 'message')).toEqual(['from afar']);
  port1.close();
});

test('a stream may be listed: it crosses as it always does', async () => {
  const { callWith } = linkPair({
    read: async (stream: ReadableStream) => (await stream.getReader().read()).value as unknown,
  });
  const stream = ReadableStream.from(['water']);
  expect(await callWith([stream], 'read', stream)).toBe('water');
});

test('a SharedArrayBuffer is shared', async () => {
  const shared = new Int32Array(new SharedArrayBuffer(4));
  const { call } = linkPair({ add: (counter: Int32Array) => Atomics.add(counter, 0, 5) });
  await call('add', shared);
  expect(shared[0]).toBe(5);
});
