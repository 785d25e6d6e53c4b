import type ts from 'typescript';
import type { ShownFinding } from './protocol.js';

/** Returns the span of a finding in a file; `undefined` when the file was edited and has no such place any more. */
export function spanOf({ start, end }: ShownFinding, file: ts.SourceFile): ts.TextSpan | undefined {
  const from = positionOf(start, file);
  const to = positionOf(end, file);
  return from === undefined || to === undefined ? undefined : { start: from, length: to - from };
}

function positionOf({ line, character }: ShownFinding['start'], file: ts.SourceFile): number | undefined {
  const lineStart = file.getLineStarts()[line];
  if (lineStart === undefined) return undefined;
  const position = lineStart + character;
  return position <= file.getEnd() ? position : undefined;
}
