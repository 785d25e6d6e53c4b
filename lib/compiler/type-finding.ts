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
 * Codes of errors that occur only because a file would be compiled to CommonJS: about `import.meta`, `await` at the top level (in
 * `for` and `using`, too), imports and exports under `verbatimModuleSyntax`, import attributes, and imports of ES modules and
 * their types.
 */
const notInModules = new Set([
  1286, 1287, 1295, 1309, 1324, 1343, 1378, 1432, 1470, 1471, 1479, 1541, 1542, 2821, 2823, 2836, 2854, 2856,
]);

/** Codes of errors about a name that is not declared, the last three with advice. */
const unknownNames = new Set([2304, 2503, 2580, 2584, 2591]);

/** Names of modules or of types alone, and of what only a CommonJS module has. */
const NODE_NAME = /^(node:.+|NodeJS|require|module|exports|__dirname|__filename)$/;

const NODE_TYPES =
  "Run `npm install --save-dev @types/node`, which has the types of Node; if the tsconfig.json lists `types`, add 'node' there.";

/**
 * Returns the message of an error about a name of Node without TypeScript's advice, which for `console` is to include the types
 * of browsers; `undefined` for any other error.
 */
function unknownToNode(code: number, text: string): string | undefined {
  const [said, name = ''] = /^[^']*'([^']*)'\./.exec(text) ?? [];
  const isOfNode = code === 2580 || code === 2591 || NODE_NAME.test(name) || name in globalThis;
  return unknownNames.has(code) && isOfNode ? said : undefined;
}

/** Returns the finding for a diagnostic in a file. */
export function typeFinding(
  { start, length, code, text }: TypeRemark,
  file: SourceFile,
  plugin: string,
): Finding {
  const from = file.getLineAndColumnAtPos(start);
  const to = file.getLineAndColumnAtPos(start + length);
  const unknown = unknownToNode(code, text);
  return {
    rule: 'types',
    plugin,
    file: nativePath(file.getFilePath()),
    line: from.line,
    column: from.column,
    endLine: to.line,
    endColumn: to.column,
    problem: `${unknown ?? text} (TS${code})`,
    remedy: unknown === undefined ? '' : NODE_TYPES,
    excerpt: excerptOf(file.getFullText(), from.line),
  };
}
