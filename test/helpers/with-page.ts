import type { ErrorCode } from '../../lib/index.js';

/** The message of an error of ours, which ends with its code and the page about it: on a line of their own after several lines. */
export function withPage(code: ErrorCode, message: string): string {
  return `${message}${message.includes('\n') ? '\n' : ' '}(${code}: https://unpkg.com/liveswap/docs/errors.md)`;
}
