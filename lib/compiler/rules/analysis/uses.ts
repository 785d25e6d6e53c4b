import { ts } from 'ts-morph';
import type { Analysis } from './analysis.js';
import type { Use } from './file-names.js';

/** Returns the variables that a pattern declares. */
export function bindingsOf(pattern: ts.BindingPattern): ts.BindingElement[] {
  return pattern.elements.flatMap((element) => {
    if (ts.isOmittedExpression(element)) return [];
    return ts.isIdentifier(element.name) ? [element] : bindingsOf(element.name);
  });
}

/** Returns the uses of a declared value, each as the expression that evaluates to it. */
export function valueUses(analysis: Analysis, declaration: ts.Node): ts.Expression[] {
  return analysis.references.usesOf(declaration).flatMap((use) => valueAt(use) ?? []);
}

/** Returns the expression whose value a name gives, if there is one: `x` itself, `a.x`, `a['x']`. */
export function valueAt(use: Use): ts.Expression | undefined {
  const { parent } = use;
  if (ts.isPropertyAccessExpression(parent) && parent.name === use) return parent;
  if (ts.isStringLiteralLike(use)) {
    return ts.isElementAccessExpression(parent) && parent.argumentExpression === use ? parent : undefined;
  }
  if (ts.isPrivateIdentifier(use)) return undefined;
  return isNameOnly(use) ? undefined : use;
}

function isNameOnly(use: ts.Identifier): boolean {
  const { parent } = use;
  if (ts.isBindingElement(parent)) return parent.initializer !== use;
  if (ts.isExportSpecifier(parent) || ts.isImportSpecifier(parent) || ts.isImportClause(parent)) return true;
  if (ts.isNamespaceImport(parent) || ts.isNamespaceExport(parent)) return true;
  if (ts.isShorthandPropertyAssignment(parent) || ts.isExportAssignment(parent)) return false;
  return ts.isPropertyAssignment(parent)
    ? parent.name === use
    : ts.getNameOfDeclaration(parent as ts.Declaration) === use;
}
