import type { SourceFile } from 'ts-morph';
import { excerptOf } from './finding-at.js';
import { nativePath } from '../core/paths.js';
import type { Finding } from './rule.js';

/** A diagnostic about types or grammar, from any TypeScript. */
export interface TypeRemark {
  readonly start: number;
  readonly length: number;
  readonly code: number;
  readonly isError: boolean;
  /** Message with its reasons, each on a line of its own. */
  readonly text: string;
}

/** Returns whether a diagnostic is also an error in an ES module, because an artifact is one. */
export function isAboutTypes({ isError, code }: TypeRemark): boolean {
  return isError && !notInModules.has(code);
}

/**
 * Codes of errors that occur only because a file would be compiled to CommonJS: about `import.meta`, top-level `await`, and
 * imports of ES modules.
 */
const notInModules = new Set([1309, 1343, 1378, 1470, 1471, 1479]);

/** Returns the finding for a diagnostic in a file. */
export function typeFinding(
  { start, length, code, text }: TypeRemark,
  file: SourceFile,
  plugin: string,
): Finding {
  const from = file.getLineAndColumnAtPos(start);
  const to = file.getLineAndColumnAtPos(start + length);
  return {
    rule: 'types',
    plugin,
    file: nativePath(file.getFilePath()),
    line: from.line,
    column: from.column,
    endLine: to.line,
    endColumn: to.column,
    problem: `${text} (TS${code})`,
    remedy: '',
    excerpt: excerptOf(file.getFullText(), from.line),
  };
}
