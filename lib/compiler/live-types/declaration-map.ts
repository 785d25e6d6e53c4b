import { SourceMap, type SourceMapPayload } from 'node:module';
import type { Mapping } from './position-marks.js';

/** Returns a source map as JSON, which editors use to go from a declaration to the source. */
export function declarationMap(file: string, mappings: readonly Mapping[]): string {
  const sources = [...new Set(mappings.map(({ source }) => source))];
  const lines: string[] = [];
  let before = { source: 0, line: 0, column: 0 };
  for (const { line, column, source, sourceLine, sourceColumn } of [...mappings].sort(inOrder)) {
    while (lines.length <= line) lines.push('');
    const now = { source: sources.indexOf(source), line: sourceLine, column: sourceColumn };
    const fields = [column, now.source - before.source, now.line - before.line, now.column - before.column];
    // Maps made here have one mapping for each line.
    lines[line] = fields.map(base64Vlq).join('');
    before = now;
  }
  return JSON.stringify({ version: 3, file, sources, names: [], mappings: lines.join(';') });
}

/** Reads the mappings of such a map: at most one for each line. */
export function readDeclarationMap(json: string, lineCount: number): Mapping[] {
  const payload = JSON.parse(json) as SourceMapPayload;
  const map = new SourceMap(payload);
  return Array.from({ length: lineCount }, (_, line) => map.findEntry(line, Number.MAX_SAFE_INTEGER))
    .map((entry, line) => ({ entry, line }))
    .flatMap(({ entry, line }) =>
      'originalSource' in entry && entry.generatedLine === line
        ? {
            line,
            column: entry.generatedColumn,
            source: entry.originalSource,
            sourceLine: entry.originalLine,
            sourceColumn: entry.originalColumn,
          }
        : [],
    );
}

function inOrder(left: Mapping, right: Mapping): number {
  return left.line - right.line || left.column - right.column;
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Returns a number in the notation of source maps: five bits for each letter, the sign in the lowest bit. */
function base64Vlq(value: number): string {
  let rest = value < 0 ? (-value << 1) | 1 : value << 1;
  let text = '';
  do {
    const digit = rest & 31;
    rest >>= 5;
    text += digits[rest > 0 ? digit | 32 : digit];
  } while (rest > 0);
  return text;
}
