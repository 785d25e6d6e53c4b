import { LiveswapError } from '../core/errors.js';
import type { Deadline } from './call-request.js';

export function callAborted(name: string, cause: unknown): LiveswapError {
  return new LiveswapError('CALL_ABORTED', `Gave up on ${name}: its signal was aborted.`, {
    call: name,
    cause,
  });
}

export function callTimedOut(name: string, { ms, option }: Deadline): LiveswapError {
  return new LiveswapError(
    'CALL_TIMEOUT',
    `Gave up on ${name}: no answer after ${ms} ms; raise ${option}, or let it stop early by context.call.signal.`,
    { call: name, timeoutMs: ms },
  );
}
