import { inspect } from 'node:util';

/** A longer text hides the rest of the message. */
const MOST_LETTERS = 200;

/** Returns a value as a message shows it, in one short line. */
export function shownValue(value: unknown): string {
  try {
    const text = inspect(value, { depth: 1, breakLength: Infinity });
    return text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS)}…` : text;
  } catch {
    // The value has code of its own for how it is shown, and this code throws.
    return 'an object that cannot be shown';
  }
}
