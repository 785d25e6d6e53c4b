import { ts } from 'ts-morph';
import { bare } from './syntax.js';

/** Returns the target of an import, a re-export or another alias; other symbols are returned themselves. */
export function resolveAlias(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** Returns the value symbol of an identifier or property name, through aliases. */
export function symbolAt(node: ts.Node, checker: ts.TypeChecker): ts.Symbol | undefined {
  const { parent } = node;
  const symbol =
    parent && ts.isShorthandPropertyAssignment(parent) && parent.name === node
      ? checker.getShorthandAssignmentValueSymbol(parent)
      : checker.getSymbolAtLocation(node);
  return symbol && resolveAlias(symbol, checker);
}

/** Returns the strings that an expression can be according to its type: `'a'`, a constant, a union of literals. */
export function stringsOf(node: ts.Expression, checker: ts.TypeChecker): string[] {
  const expression = bare(node);
  if (ts.isStringLiteralLike(expression)) return [expression.text];
  const type = checker.getTypeAtLocation(expression);
  return (type.isUnion() ? type.types : [type]).flatMap((part) =>
    part.isStringLiteral() ? [part.value] : [],
  );
}

/** Returns the initialiser of an identifier's variable, if nothing else is ever assigned to it. */
export function constantValue(symbol: ts.Symbol | undefined): ts.Expression | undefined {
  const declaration = symbol?.valueDeclaration;
  if (!declaration || !ts.isVariableDeclaration(declaration)) return undefined;
  return ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const ? declaration.initializer : undefined;
}
