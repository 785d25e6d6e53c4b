import { formatDetails } from '../observe/format-details.js';
import type { Note } from './plan.js';

/** Way in which each plugin came into the generation, by name; as text, it is one line. */
export type Details = Readonly<Record<string, Note>> & { toString(): string };

/** Creates details that convert to readable text: `guardian: ok, armory: unchanged`; `remarks` follow. */
export function createDetails(
  notes: Iterable<readonly [plugin: string, note: Note]>,
  remarks: readonly string[] = [],
): Details {
  const details: Record<string, Note> = Object.fromEntries(notes);
  const text = { value: () => [formatDetails(details), ...remarks].join('; ') };
  // A plugin may be named toString; conversion to text must still work.
  Object.defineProperty(details, Symbol.toPrimitive, text);
  if (!Object.hasOwn(details, 'toString')) Object.defineProperty(details, 'toString', text);
  return details;
}
