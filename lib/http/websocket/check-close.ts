import { LiveswapError } from '../../core/errors.js';

const LONGEST_REASON_BYTES = 123;

/** Checks the close code and reason of a WebSocket: others fit no frame. @throws LiveswapError `OPTION_INVALID` */
export function checkClose(code: number | undefined, reason: string): void {
  if (code !== undefined && !isCloseCode(code)) {
    throw invalid(`its code is ${String(code)}; use 1000, or one from 3000 to 4999`, 'code');
  }
  const length = Buffer.byteLength(reason);
  if (length > LONGEST_REASON_BYTES) {
    throw invalid(`its reason is ${length} bytes long, more than ${LONGEST_REASON_BYTES}`, 'reason');
  }
}

/** Returns whether a close frame may carry the code: those from 1004 to 1006 only say that there was none. */
function isCloseCode(code: number): boolean {
  if (!Number.isInteger(code)) return false;
  return (code >= 1000 && code <= 1014 && !(code >= 1004 && code <= 1006)) || (code >= 3000 && code <= 4999);
}

function invalid(problem: string, option: string): LiveswapError {
  return new LiveswapError('OPTION_INVALID', `Cannot close a WebSocket: ${problem}.`, { option });
}
