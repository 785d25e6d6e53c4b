import type { Difference } from './snapshot.js';

/** Milliseconds to wait for further signs before they count as one change. */
export interface Patience {
  /** Time since the last sign, when one file has changed. */
  readonly quietMs: number;
  /** Time since the last sign, when several files have changed. */
  readonly manyMs: number;
  /** Time since the last sign, when a file is gone or empty: it may come back. */
  readonly halfMs: number;
  /** Time since the first sign, however many follow. */
  readonly longestMs: number;
}

/**
 * A person saves one file, in the steps of the editor. A program that has written several files may write more.
 * `longestMs` covers signs that never end.
 */
export const patienceWithEditors: Patience = { quietMs: 15, manyMs: 50, halfMs: 100, longestMs: 500 };

/** Returns how long there must have been no sign for a difference to be complete. */
export function quietMsFor(
  { isHalf, files }: Pick<Difference, 'isHalf' | 'files'>,
  { quietMs, manyMs, halfMs }: Patience,
): number {
  if (isHalf) return halfMs;
  return files.size > 1 ? manyMs : quietMs;
}
