import type { BigIntStats } from 'node:fs';

/**
 * Returns a text that differs once a file was written again or replaced, unless that came too soon for its time stamps to show
 * it.
 */
export function fileMark({ dev, ino, size, mode, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mode, mtimeNs, ctimeNs].join();
}
