import type { SourceFile } from 'ts-morph';
import { excerptOf } from './finding-at.js';
import { nativePath } from '../core/paths.js';
import type { Finding } from './rule.js';

/** A remark about types or grammar, of any TypeScript. */
export interface TypeRemark {
  readonly start: number;
  readonly length: number;
  readonly code: number;
  readonly isError: boolean;
  /** Text with its reasons, each on a line of its own. */
  readonly text: string;
}

/** Returns whether a remark is an error in an ES module, which is what an artifact is. */
export function isAboutTypes({ isError, code }: TypeRemark): boolean {
  return isError && !notInModules.has(code);
}

/**
 * Errors that the checker only has because a file would be compiled to CommonJS. They are about `import.meta`, `await` at the top
 * level, and imports of ES modules.
 */
const notInModules = new Set([1309, 1343, 1378, 1470, 1471, 1479]);

/** Returns the finding for a remark about a file. */
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
