import { ts } from 'ts-morph';
import type { TextEdit } from '../../rule.js';

/** Marks a whole import or export of nothing but types as type-only: `import { type A }` becomes `import type { A }`. */
export function markWhole(specifier: ts.Node): readonly TextEdit[] | undefined {
  const { parent: statement } = specifier;
  const bindings = bindingsOf(statement);
  if (!bindings) return undefined;
  const file = statement.getSourceFile().fileName;
  const start = bindings.getStart();
  // Each element has its own mark in front.
  const unmarked = bindings.elements.map((element): TextEdit => ({
    file,
    start: element.getStart(),
    end: (element.propertyName ?? element.name).getStart(),
    text: '',
  }));
  return [{ file, start, end: start, text: 'type ' }, ...unmarked];
}

function bindingsOf(statement: ts.Node): ts.NamedImports | ts.NamedExports | undefined {
  const bindings = ts.isImportDeclaration(statement)
    ? statement.importClause?.namedBindings
    : ts.isExportDeclaration(statement)
      ? statement.exportClause
      : undefined;
  return bindings && (ts.isNamedImports(bindings) || ts.isNamedExports(bindings)) ? bindings : undefined;
}
