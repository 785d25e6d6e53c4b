import type { ErrorCode } from '../../lib/index.js';

/** The message of an error of ours, which ends with its code and the page about it. */
export function withPage(code: ErrorCode, message: string): string {
  return `${message} (${code}: https://unpkg.com/liveswap/docs/errors.md)`;
}
