import { errorCodes, LiveswapError, messageOf, type ErrorCode } from '../../core/errors.js';
import type { SentError } from './protocol.js';

/** Returns an error in the form in which it crosses to another process. */
export function sendError(error: unknown): SentError {
  const stack = error instanceof Error ? error.stack : undefined;
  const fields = error instanceof Error ? Object.entries(error).filter(([, value]) => isPlain(value)) : [];
  return { message: messageOf(error), stack, fields: Object.fromEntries(fields) };
}

/** Recreates the error with its class, code and fields. */
export function receiveError({ message, stack, fields }: SentError): Error {
  const { code, name: _name, ...facts } = fields;
  const error = isErrorCode(code)
    ? new LiveswapError(code, message, facts)
    : Object.assign(new Error(message), fields);
  if (stack !== undefined) error.stack = stack;
  return error;
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorCodes, code);
}

/** Returns whether a value can be sent to any other process. */
function isPlain(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value) || Array.isArray(value);
}
