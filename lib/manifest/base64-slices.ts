/** A multiple of four digits: each slice is decoded by itself, and soon enough that nobody notices. */
const SLICE = 1 << 20;

/** Decodes what is written in base64 from `start` to the end of `bytes`, piece by piece. */
export function* base64Slices(bytes: Buffer, start: number): Generator<Buffer> {
  for (let from = start; from < bytes.length; from += SLICE)
    yield Buffer.from(bytes.toString('latin1', from, from + SLICE), 'base64');
}
