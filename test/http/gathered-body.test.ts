import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { GatheredBody } from '../../lib/http/thread/gathered-body.js';
import { readWhole } from '../../lib/http/thread/read-whole.js';

const MEBIBYTE = 1_048_576;

/** Gathers a body of `length` bytes that arrives in pieces of `each` bytes. */
function gather(length: number, each: number, said: number | undefined) {
  const all = Buffer.from(Array.from({ length }, (_, at) => at % 251));
  const freed: Buffer[] = [];
  const body = new GatheredBody(said, (piece) => freed.push(piece));
  for (let at = 0; at < length; at += each) body.add(all.subarray(at, at + each));
  return { all, freed, whole: body.take() };
}

test.each([0, 1, 70_000, MEBIBYTE, MEBIBYTE + 1])(
  'a body of %i bytes is gathered whole, whether its length was said or not, in memory of its own',
  (length) => {
    for (const said of [length, undefined]) {
      const { all, freed, whole } = gather(length, 65_536, said);
      expect(whole.equals(all)).toBe(true);
      expect(whole.buffer.byteLength).toBe(length);
      expect(Buffer.concat(freed).equals(all)).toBe(true);
    }
  },
);

test('a client that has sent less than a sixteenth of a long body gets no memory for the rest', () => {
  const freed: Buffer[] = [];
  const body = new GatheredBody(16 * MEBIBYTE, (piece) => freed.push(piece));
  body.add(Buffer.alloc(MEBIBYTE - 1));
  expect(freed).toHaveLength(0);
  body.add(Buffer.alloc(1));
  expect(freed).toHaveLength(2);
});

test('a body that ends early is what has come, and nothing of what the memory held before', () => {
  const body = new GatheredBody(100, () => {});
  body.add(Buffer.from('Winter'));
  const whole = body.take();
  expect([whole.toString(), whole.buffer.byteLength]).toEqual(['Winter', 6]);
});

test.each([
  ['has said so', { 'content-length': '12' }],
  ['sends it in chunks', { 'transfer-encoding': 'chunked' }],
])('a body that no buffer can hold rejects with what to do, when its client %s', async (_how, headers) => {
  const stream = new PassThrough();
  const whole = readWhole(Object.assign(stream, { headers }) as unknown as IncomingMessage, 8);
  stream.write('Winter');
  stream.end('is co');
  await expect(whole).rejects.toThrow(/^Cannot read the body as a whole: .* 8 bytes.* read request\.body/);
  expect(stream.listenerCount('data')).toBe(0);
});
