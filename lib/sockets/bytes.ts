import type { Bytes } from './protocol.js';

/** Up to here, making a string of bytes and bytes of it again is cheaper than moving a buffer. */
const SMALL_BYTES = 8 * 1_024;

/**
 * Bytes as they cross. `owned` ones are nobody else's and are moved; of others, which the caller may still use, a copy is.
 * What has to be moved is added to `transfer`.
 */
export function pack(bytes: Uint8Array, transfer: ArrayBuffer[], owned: boolean): Bytes {
  if (bytes.byteLength <= SMALL_BYTES) return viewOf(bytes).toString('latin1');
  // A pooled buffer would take its whole pool along.
  const isWhole = bytes.buffer instanceof ArrayBuffer && bytes.buffer.byteLength === bytes.byteLength;
  const moved = owned && isWhole ? (bytes as Uint8Array<ArrayBuffer>) : Uint8Array.from(bytes);
  transfer.push(moved.buffer);
  return moved;
}

/** Text as it crosses. */
export function packText(text: string, encoding: BufferEncoding, transfer: ArrayBuffer[]): Bytes {
  const isBytes = isSingleByte(encoding) || (isUtf8(encoding) && Buffer.byteLength(text) === text.length);
  if (isBytes && text.length <= SMALL_BYTES) return text;
  return pack(Buffer.from(text, encoding), transfer, true);
}

/** Bytes that have crossed. */
export function unpack(bytes: Bytes): Buffer {
  return typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : viewOf(bytes);
}

function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function isSingleByte(encoding: BufferEncoding): boolean {
  return encoding === 'latin1' || encoding === 'binary';
}

function isUtf8(encoding: BufferEncoding): boolean {
  return encoding === 'utf8' || encoding === 'utf-8';
}
