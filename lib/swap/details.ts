import { formatDetails } from '../observe/format-details.js';
import type { Note } from './plan.js';

/** How each plugin came into the generation, by name; as text, one line. */
export type Details = Readonly<Record<string, Note>> & { toString(): string };

/** Makes details whose text reads well: `guardian: ok, armory: unchanged`. */
export function createDetails(notes: Iterable<readonly [plugin: string, note: Note]>): Details {
  const details: Record<string, Note> = Object.fromEntries(notes);
  Object.defineProperty(details, 'toString', { value: () => formatDetails(details) });
  return details;
}
