import { expect, test } from 'vitest';
import { GatheredBody } from '../../lib/http/thread/gathered-body.js';

const MEBIBYTE = 1_048_576;

/** Gathers a body of `length` bytes that comes in pieces of `each`. */
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
