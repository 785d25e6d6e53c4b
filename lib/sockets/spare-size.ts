import { ACKNOWLEDGED_BYTES } from './protocol.js';

/** Largest size of memory that is used again. */
export const LARGEST_SPARE = 1_024 * 1_024;

/**
 * Returns the size of the memory for this number of bytes; few sizes make much of it fit the next bytes. `undefined` when it is not
 * used again: of so few bytes, it would come back in a message of its own, because they are not acknowledged at once.
 */
export function spareSize(length: number): number | undefined {
  if (length <= ACKNOWLEDGED_BYTES || length > LARGEST_SPARE) return undefined;
  return 2 ** Math.ceil(Math.log2(length));
}
