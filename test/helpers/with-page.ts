import type { ErrorCode } from '../../lib/index.js';

/**
 * Returns the message of a liveswap error, which ends with its code and its page; after several lines, these have their own line.
 */
export function withPage(code: ErrorCode, message: string): string {
  return `${message}${message.includes('\n') ? '\n' : ' '}(${code}: https://unpkg.com/liveswap/docs/errors.md)`;
}
