/**
 * Slice size: a multiple of four digits, so that each slice can be decoded separately, and small enough not to block noticeably.
 */
const SLICE = 1 << 20;

/** Decodes base64 from `start` to the end of `bytes`, slice by slice. */
export function* base64Slices(bytes: Buffer, start: number): Generator<Buffer> {
  for (let from = start; from < bytes.length; from += SLICE)
    yield Buffer.from(bytes.toString('latin1', from, from + SLICE), 'base64');
}
