import type { OtherCopy } from '../surface/app-notes.js';
import { awaitAnswer, awaitedAnswer } from '../surface/awaited-answer.js';
import { filesBeside } from './app-spec.js';

/** Time for writing a copy, in milliseconds: an app may be large, and its disk slow. */
const PATIENCE_MS = 30_000;

/**
 * Returns the folder of other copies of the app's files, `undefined` if there are none. Blocks, as code that misses a file waits
 * for it.
 *
 * @param ask asks the host for them; the answer appears in the memory that it is given.
 */
export function otherFiles(ask: (awaited: SharedArrayBuffer) => void): string | undefined {
  const awaited = awaitedAnswer();
  ask(awaited);
  const { url } = (awaitAnswer(awaited, PATIENCE_MS) ?? {}) as OtherCopy;
  return url === undefined ? undefined : filesBeside(url);
}
