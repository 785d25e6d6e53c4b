import { LiveswapError } from '../../core/errors.js';

/** Tells an app that its client has gone. */
export function clientGone(): LiveswapError {
  return new LiveswapError('CALL_ABORTED', 'The client has closed the connection.');
}

/** Tells an app that its client has been answered for it. */
export function tooLate(call: string, timeoutMs: number): LiveswapError {
  const message = `Gave up on ${call}: no answer after ${timeoutMs} ms; raise timeoutMs, or let it stop early by context.call.signal.`;
  return new LiveswapError('CALL_TIMEOUT', message, { call, timeoutMs });
}
