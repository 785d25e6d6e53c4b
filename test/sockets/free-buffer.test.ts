import { expect, test } from 'vitest';
import { freeBuffer } from '../../lib/sockets/free-buffer.js';

test('bytes that are freed take no memory from then on', () => {
  const bytes = new Uint8Array(1_024);
  freeBuffer(bytes);
  expect(bytes.byteLength).toBe(0);
  expect(() => freeBuffer(bytes)).not.toThrow();
});

test('shared memory is left alone', () => {
  const bytes = new Uint8Array(new SharedArrayBuffer(8));
  freeBuffer(bytes);
  expect(bytes.byteLength).toBe(8);
});
