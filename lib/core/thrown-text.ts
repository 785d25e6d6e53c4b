import { inspect } from 'node:util';
import { messageOf } from './errors.js';

/** Returns the message of an error, or a description in one line of any other thrown value. */
export function thrownText(thrown: unknown): string {
  if (thrown instanceof Error || typeof thrown === 'string') return messageOf(thrown);
  try {
    return inspect(thrown, { breakLength: Infinity });
  } catch {
    // The value has code of its own for how it is shown, and this code throws.
    return messageOf(thrown);
  }
}
