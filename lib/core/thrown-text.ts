import { inspect } from 'node:util';
import { messageOf } from './errors.js';

/** Returns the message of an error, and on one line what a thrown value is that is none. */
export function thrownText(thrown: unknown): string {
  if (thrown instanceof Error || typeof thrown === 'string') return messageOf(thrown);
  try {
    return inspect(thrown, { breakLength: Infinity });
  } catch {
    // Its own code, which says how it is shown, throws.
    return messageOf(thrown);
  }
}
