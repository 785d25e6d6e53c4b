import { ts, type SourceFile } from 'ts-morph';

/** The live names that are said to go, with the reasons: as they are written, since types do not say what a string is. */
export function removedNames(root: SourceFile, checker: ts.TypeChecker): Record<string, string> | undefined {
  const reasons: [string, string][] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isDefinePlugin(node, checker)) {
      for (const { name, initializer } of literalsIn(node.arguments[0], 'removed')) {
        if (ts.isStringLiteralLike(initializer)) reasons.push([name, initializer.text]);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(root.compilerNode);
  return reasons.length > 0 ? Object.fromEntries(reasons) : undefined;
}

function literalsIn(
  definition: ts.Expression | undefined,
  key: string,
): { readonly name: string; readonly initializer: ts.Expression }[] {
  const table = propertiesOf(definition).find(({ name }) => name === key)?.initializer;
  return propertiesOf(table);
}

function propertiesOf(
  literal: ts.Expression | undefined,
): { readonly name: string; readonly initializer: ts.Expression }[] {
  if (!literal || !ts.isObjectLiteralExpression(literal)) return [];
  return literal.properties.flatMap((property) =>
    ts.isPropertyAssignment(property) && !ts.isComputedPropertyName(property.name)
      ? [{ name: property.name.text, initializer: property.initializer }]
      : [],
  );
}

function isDefinePlugin({ expression }: ts.CallExpression, checker: ts.TypeChecker): boolean {
  const name = ts.isPropertyAccessExpression(expression) ? expression.name : expression;
  const symbol = checker.getSymbolAtLocation(name);
  const target = symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  return target?.name === 'definePlugin';
}
