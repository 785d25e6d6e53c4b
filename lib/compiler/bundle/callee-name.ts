import { ts } from 'ts-morph';
import type { CallOrNew } from '../rules/analysis/syntax.js';

/** Returns the last name of a callee, `join` for `path.join(…)`; empty for a callee without a name. */
export function calleeName({ expression }: CallOrNew): string {
  if (expression.kind === ts.SyntaxKind.ImportKeyword) return 'import';
  const callee = ts.isParenthesizedExpression(expression) ? expression.expression : expression;
  // Code compiled to CommonJS calls `(0, path_1.join)(…)`.
  if (ts.isBinaryExpression(callee)) return nameOf(callee.right);
  return nameOf(callee);
}

function nameOf(node: ts.Expression): string {
  if (ts.isIdentifier(node)) return node.text;
  return ts.isPropertyAccessExpression(node) ? node.name.text : '';
}
