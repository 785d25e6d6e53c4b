import { ts } from 'ts-morph';
import type { LiveDeclaration } from '../../collect/live-symbols.js';
import type { TextEdit } from '../../rule.js';
import { addImport } from '../fixes/add-import.js';

const EXPORT = 'export default definePlugin({});';

/**
 * Adds an empty definition to a root module without one; `undefined` if `definePlugin` is called already, or means something
 * else.
 */
export function defineAtEnd(root: ts.SourceFile): readonly TextEdit[] | undefined {
  // Only the author knows why a definition is not exported.
  if (/\bdefinePlugin\b\s*[<(]/.test(root.text)) return undefined;
  const imported = addImport(root, 'definePlugin');
  if (!imported) return undefined;
  const { fileName: file, text } = root;
  const start = text.trimEnd().length;
  const before = start === 0 ? '' : '\n\n';
  // A single edit if both would be at one place, because two edits there would have no order.
  const same = imported.find((edit) => edit.start === start);
  const added = { file, start, end: text.length, text: `${same?.text ?? ''}${before}${EXPORT}\n` };
  return [...imported.filter((edit) => edit !== same), added];
}

/**
 * Exports a live symbol where it is declared, if that is safe: its statement declares nothing else, and there is only one
 * declaration.
 */
export function exportInPlace(
  declaration: LiveDeclaration,
  symbol: ts.Symbol,
): readonly TextEdit[] | undefined {
  const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  const isAlone = ts.isVariableStatement(statement)
    ? statement.declarationList.declarations.length === 1
    : ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement);
  // The signatures of an overloaded function would each have to be exported.
  if (!isAlone || symbol.declarations?.length !== 1) return undefined;
  const start = statement.getStart();
  return [{ file: statement.getSourceFile().fileName, start, end: start, text: 'export ' }];
}
