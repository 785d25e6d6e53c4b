import { formatDetails } from '../observe/format-details.js';
import type { Note } from './plan.js';

/** How each plugin came into the generation, by name; as text, one line. */
export type Details = Readonly<Record<string, Note>> & { toString(): string };

/** Makes details whose text reads well: `guardian: ok, armory: unchanged`; `remarks` come after that. */
export function createDetails(
  notes: Iterable<readonly [plugin: string, note: Note]>,
  remarks: readonly string[] = [],
): Details {
  const details: Record<string, Note> = Object.fromEntries(notes);
  const text = { value: () => [formatDetails(details), ...remarks].join('; ') };
  // A plugin may be named toString: as text, they read well even so.
  Object.defineProperty(details, Symbol.toPrimitive, text);
  if (!Object.hasOwn(details, 'toString')) Object.defineProperty(details, 'toString', text);
  return details;
}
