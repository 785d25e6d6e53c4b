/**
 * Slice size: a multiple of four digits, so that each slice can be decoded separately, and small enough not to block noticeably.
 */
const SLICE = 1 << 20;
/**
 * Number of digits that become one string. For a longer one, V8 would map memory of its own, which takes longer than decoding.
 */
const PART = 1 << 16;

/** Decodes base64 from `start` to the end of `bytes`, slice by slice. */
export function* base64Slices(bytes: Buffer, start: number): Generator<Buffer> {
  for (let from = start; from < bytes.length; from += SLICE)
    yield decoded(bytes, from, Math.min(from + SLICE, bytes.length));
}

function decoded(bytes: Buffer, from: number, to: number): Buffer {
  const out = Buffer.allocUnsafe(Math.ceil(((to - from) * 3) / 4));
  let length = 0;
  for (let at = from; at < to; at += PART)
    length += out.write(bytes.toString('latin1', at, Math.min(at + PART, to)), length, 'base64');
  return out.subarray(0, length);
}
