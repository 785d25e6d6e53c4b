import { expect, test } from 'vitest';
import { base64Slices } from '../../lib/manifest/base64-slices.js';

const MEBIBYTE = 1 << 20;

test.each([0, 1, 2, 3, 49_152, 49_153, MEBIBYTE, 2 * MEBIBYTE + 1])(
  'base64 of %i bytes is decoded whole, in slices of at most a megabyte',
  (size) => {
    const bytes = Buffer.from(Uint8Array.from({ length: size }, (_, index) => (index * 31) ^ (index >> 8)));
    const slices = [...base64Slices(Buffer.from(`map:${bytes.toString('base64')}\n`), 4)];
    expect(Buffer.concat(slices).equals(bytes)).toBe(true);
    expect(Math.max(...slices.map(({ length }) => length), 0)).toBeLessThanOrEqual(MEBIBYTE);
  },
);
