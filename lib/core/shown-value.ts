import { inspect } from 'node:util';

/** Returns a value as a message shows it, in one line. */
export function shownValue(value: unknown): string {
  try {
    return inspect(value, { depth: 1, breakLength: Infinity });
  } catch {
    // The value has code of its own for how it is shown, and this code throws.
    return `a ${typeof value} that cannot be shown`;
  }
}
