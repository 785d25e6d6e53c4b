import type { BigIntStats } from 'node:fs';

/** Milliseconds by which the time on a file may lag behind the clock: two writes so close may leave the same one. */
export const CLOCK_STEP_MS = 10;

/**
 * Returns a text that differs once a file was written again or replaced, unless that came too soon for its time stamps to show
 * it.
 */
export function fileMark({ dev, ino, size, mode, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mode, mtimeNs, ctimeNs].join();
}
