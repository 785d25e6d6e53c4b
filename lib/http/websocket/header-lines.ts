import { pairsOf } from '../exchange/raw-headers.js';

/**
 * Returns raw headers, names and values in turn, as one text. Host and thread keep those of every client that is connected: as a
 * list of texts they take three times the memory.
 */
export function headerLinesOf(rawHeaders: readonly string[]): string {
  return rawHeaders.join('\n');
}

/** Returns the names and values of such a text. */
export function readHeaderLines(lines: string): [name: string, value: string][] {
  return pairsOf(lines.split('\n'));
}

/** Returns the headers of such a text by their names, as the platform does. */
export function headersIn(lines: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [given, value] of readHeaderLines(lines)) {
    const name = given.toLowerCase();
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  return headers;
}
