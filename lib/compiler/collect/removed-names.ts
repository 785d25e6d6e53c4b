import { ts, type SourceFile } from 'ts-morph';
import { constantValue, symbolAt } from '../rules/analysis/expressions.js';
import { bare } from '../rules/analysis/syntax.js';

/** The live names that are said to go, with the reasons: as they are written, since types do not say what a string is. */
export function removedNames(root: SourceFile, checker: ts.TypeChecker): Record<string, string> | undefined {
  const reasons: [string, string][] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && symbolAt(calleeName(node), checker)?.name === 'definePlugin') {
      const table = propertiesOf(node.arguments[0], checker).find(({ name }) => name === 'removed')?.value;
      for (const { name, value } of propertiesOf(table, checker)) {
        const reason = valueOf(value, checker);
        if (ts.isStringLiteralLike(reason)) reasons.push([name, reason.text]);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(root.compilerNode);
  return reasons.length > 0 ? Object.fromEntries(reasons) : undefined;
}

interface Property {
  readonly name: string;
  readonly value: ts.Expression;
}

function propertiesOf(expression: ts.Expression | undefined, checker: ts.TypeChecker): Property[] {
  const literal = expression && valueOf(expression, checker);
  if (!literal || !ts.isObjectLiteralExpression(literal)) return [];
  return literal.properties.flatMap((property): Property[] => {
    if (ts.isShorthandPropertyAssignment(property))
      return [{ name: property.name.text, value: property.name }];
    return ts.isPropertyAssignment(property) && !ts.isComputedPropertyName(property.name)
      ? [{ name: property.name.text, value: property.initializer }]
      : [];
  });
}

/** Returns the value of an expression: that of a constant, without `as const` and the like. */
function valueOf(expression: ts.Expression, checker: ts.TypeChecker): ts.Expression {
  const value = bare(expression);
  const constant = ts.isIdentifier(value) ? constantValue(symbolAt(value, checker)) : undefined;
  return constant ? bare(constant) : value;
}

function calleeName({ expression }: ts.CallExpression): ts.Node {
  return ts.isPropertyAccessExpression(expression) ? expression.name : expression;
}
