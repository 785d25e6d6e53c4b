import { ts, type Project, type SourceFile } from 'ts-morph';
import { constantValue, symbolAt } from '../rules/analysis/expressions.js';
import { definitionCalls } from '../rules/analysis/plugin-definition.js';
import { bare } from '../rules/analysis/syntax.js';

/**
 * Returns the live names that this release removes, with the reasons. They are read from the source text, because types do not
 * contain the strings.
 */
export function removedNames(root: SourceFile, project: Project): Record<string, string> | undefined {
  const checker = project.getTypeChecker().compilerObject;
  const tables = definitionCalls(root, project).flatMap(({ arguments: [definition] }) =>
    propertiesOf(definition, checker).filter(({ name }) => name === 'removed'),
  );
  const reasons = tables
    .flatMap(({ value }) => propertiesOf(value, checker))
    .flatMap(({ name, value }): [string, string][] => {
      const reason = valueOf(value, checker);
      return ts.isStringLiteralLike(reason) ? [[name, reason.text]] : [];
    });
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

/** Returns the value of an expression, following constants and ignoring `as const` and the like. */
function valueOf(expression: ts.Expression, checker: ts.TypeChecker): ts.Expression {
  const value = bare(expression);
  const constant = ts.isIdentifier(value) ? constantValue(symbolAt(value, checker)) : undefined;
  return constant ? bare(constant) : value;
}
