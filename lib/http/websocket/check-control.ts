import { LiveswapError } from '../../core/errors.js';
import { shownValue } from '../../core/shown-value.js';

/** Maximum number of bytes that a control frame carries. */
const LONGEST_CONTROL_BYTES = 125;
const CODE_BYTES = 2;

/** Checks the close code and reason of a WebSocket: others fit no frame. @throws LiveswapError `OPTION_INVALID` */
export function checkClose(code: number | undefined, reason: string): void {
  if (code !== undefined && !isCloseCode(code)) {
    throw invalid(`its code is ${String(code)}; use 1000, or one from 3000 to 4999`, 'code');
  }
  if (typeof reason !== 'string')
    throw invalid(`its reason is ${shownValue(reason)}, not a string`, 'reason');
  const length = Buffer.byteLength(reason);
  const longest = LONGEST_CONTROL_BYTES - CODE_BYTES;
  if (length > longest) throw invalid(`its reason is ${length} bytes long, more than ${longest}`, 'reason');
}

/** Checks the data of a ping. @throws LiveswapError `OPTION_INVALID` */
export function checkPing(data: string | Uint8Array): void {
  const length = Buffer.byteLength(data);
  if (length <= LONGEST_CONTROL_BYTES) return;
  const message = `Cannot send a ping of ${length} bytes: it may have ${LONGEST_CONTROL_BYTES}.`;
  throw new LiveswapError('OPTION_INVALID', message, { option: 'data' });
}

/**
 * Checks the name of a topic or a namespace. It crosses to the host after the caller has gone on, where a value that cannot would
 * end the thread.
 * @throws LiveswapError `OPTION_INVALID`
 */
export function checkTopic(name: unknown, option: 'topic' | 'namespace' = 'topic'): void {
  if (typeof name === 'string') return;
  throw new LiveswapError('OPTION_INVALID', `A ${option} is a string, not ${shownValue(name)}.`, { option });
}

/** Checks the number of bytes that may still wait: others are never reached. @throws LiveswapError `OPTION_INVALID` */
export function checkThreshold(threshold: unknown): void {
  if (typeof threshold === 'number' && threshold >= 0) return;
  const message = `The option threshold must be a number of bytes, 0 or more; it is ${shownValue(threshold)}.`;
  throw new LiveswapError('OPTION_INVALID', message, { option: 'threshold' });
}

/** Returns whether a close frame may carry the code: those from 1004 to 1006 only say that there was none. */
function isCloseCode(code: number): boolean {
  if (!Number.isInteger(code)) return false;
  return (code >= 1000 && code <= 1014 && !(code >= 1004 && code <= 1006)) || (code >= 3000 && code <= 4999);
}

function invalid(problem: string, option: string): LiveswapError {
  return new LiveswapError('OPTION_INVALID', `Cannot close a WebSocket: ${problem}.`, { option });
}
