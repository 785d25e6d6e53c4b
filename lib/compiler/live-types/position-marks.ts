import type { ts } from 'ts-morph';
import { posixPath } from '../../core/paths.js';

/** A position in the sources, and the matching one in the generated text. Lines and columns count from 0. */
export interface Mapping {
  readonly line: number;
  readonly column: number;
  /** Absolute path. */
  readonly source: string;
  readonly sourceLine: number;
  readonly sourceColumn: number;
}

/** Marks the text that corresponds to the name of a declaration; {@link takeMarks} removes the mark again. */
export function positionMark(declaration: ts.NamedDeclaration): string {
  const file = declaration.getSourceFile();
  const { line, character } = file.getLineAndCharacterOfPosition(
    (declaration.name ?? declaration).getStart(file),
  );
  return `${OPEN}${JSON.stringify([posixPath(file.fileName), line, character])}${CLOSE}`;
}

const [OPEN, CLOSE] = ['\u0001', '\u0002'];
const mark = new RegExp(`${OPEN}([^${CLOSE}]*)${CLOSE}`, 'g');

/** Returns the text without its marks, and their positions. */
export function takeMarks(text: string): { readonly text: string; readonly mappings: readonly Mapping[] } {
  const mappings: Mapping[] = [];
  const lines = text.split('\n').map((marked, line) => {
    let taken = 0;
    return marked.replaceAll(mark, (whole, json: string, at: number) => {
      const [source, sourceLine, sourceColumn] = JSON.parse(json) as [string, number, number];
      mappings.push({ line, column: at - taken, source, sourceLine, sourceColumn });
      taken += whole.length;
      return '';
    });
  });
  return { text: lines.join('\n'), mappings };
}
