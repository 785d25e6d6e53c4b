import type { ts } from 'ts-morph';
import { posixPath } from '../../core/paths.js';

/** A place in the sources, and the matching one in the text made of them. Lines and columns begin with 0. */
export interface Mapping {
  readonly line: number;
  readonly column: number;
  /** Absolute path. */
  readonly source: string;
  readonly sourceLine: number;
  readonly sourceColumn: number;
}

/** Stands in a text before what has the place of a declaration's name; {@link takeMarks} takes it out again. */
export function positionMark(declaration: ts.NamedDeclaration): string {
  const file = declaration.getSourceFile();
  const { line, character } = file.getLineAndCharacterOfPosition(
    (declaration.name ?? declaration).getStart(file),
  );
  return `${OPEN}${JSON.stringify([posixPath(file.fileName), line, character])}${CLOSE}`;
}

const [OPEN, CLOSE] = ['\u0001', '\u0002'];
const mark = new RegExp(`${OPEN}([^${CLOSE}]*)${CLOSE}`, 'g');

/** Returns the text without its marks, and their places. */
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
