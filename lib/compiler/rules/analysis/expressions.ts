import { ts } from 'ts-morph';
import { bare } from './syntax.js';

/** Returns the target of an import, a re-export or another alias; other symbols are returned themselves. */
export function resolveAlias(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** The value symbol that an identifier or a property name refers to, through aliases. */
export function symbolAt(node: ts.Node, checker: ts.TypeChecker): ts.Symbol | undefined {
  const { parent } = node;
  const symbol =
    parent && ts.isShorthandPropertyAssignment(parent) && parent.name === node
      ? checker.getShorthandAssignmentValueSymbol(parent)
      : checker.getSymbolAtLocation(node);
  return symbol && resolveAlias(symbol, checker);
}

/** The strings an expression can be, as far as its type tells: `'a'`, a constant, a union of literals. */
export function stringsOf(node: ts.Expression, checker: ts.TypeChecker): string[] {
  const expression = bare(node);
  if (ts.isStringLiteralLike(expression)) return [expression.text];
  const type = checker.getTypeAtLocation(expression);
  return (type.isUnion() ? type.types : [type]).flatMap((part) =>
    part.isStringLiteral() ? [part.value] : [],
  );
}

/** The initialiser of the variable that an identifier refers to, when nothing else is ever assigned to it. */
export function constantValue(symbol: ts.Symbol | undefined): ts.Expression | undefined {
  const declaration = symbol?.valueDeclaration;
  if (!declaration || !ts.isVariableDeclaration(declaration)) return undefined;
  return ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const ? declaration.initializer : undefined;
}
