import { ts } from 'ts-morph';
import type { LiveDeclaration } from '../../collect/live-symbols.js';
import type { TextEdit } from '../../rule.js';
import { addImport } from '../fixes/add-import.js';

const EXPORT = 'export default definePlugin({});';

/** Gives a root module that defines nothing an empty definition; `undefined` where `definePlugin` is called, or means something else. */
export function defineAtEnd(root: ts.SourceFile): readonly TextEdit[] | undefined {
  // Only its author knows why a definition is not exported.
  if (/\bdefinePlugin\b\s*[<(]/.test(root.text)) return undefined;
  const imported = addImport(root, 'definePlugin');
  if (!imported) return undefined;
  const { fileName: file, text } = root;
  const start = text.trimEnd().length;
  const before = start === 0 ? '' : '\n\n';
  // One edit where both would stand at one place: an order between them is not known.
  const same = imported.find((edit) => edit.start === start);
  const added = { file, start, end: text.length, text: `${same?.text ?? ''}${before}${EXPORT}\n` };
  return [...imported.filter((edit) => edit !== same), added];
}

/**
 * Exports a live symbol where it is declared. Only where that is safe: it is the only thing that its statement declares, in one
 * piece.
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
