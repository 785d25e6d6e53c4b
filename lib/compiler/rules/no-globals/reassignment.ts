import { ts } from 'ts-morph';
import type { Analysis } from '../analysis/analysis.js';
import { happensLater } from '../analysis/escape.js';
import type { Releases } from '../analysis/releases.js';
import { valueUses } from '../analysis/uses.js';
import { bare, enclosingFunction, isWithin, isWritten, wrapped, type LaterCode } from '../analysis/syntax.js';

/** Returns the node by which a call assigns another value to a declared name. */
export function reassignmentOf(
  analysis: Analysis,
  declaration: ts.Node,
  scope?: LaterCode,
): ts.Node | undefined {
  return writesOf(analysis, declaration).find((write) => happensLater(analysis, write, scope));
}

/** Works like {@link reassignmentOf}, but ignores values that are opened on first use and closed in `onFree`. */
export function reassignmentInModule(
  analysis: Analysis,
  declaration: ts.Node,
  releases: Releases,
): ts.Node | undefined {
  const write = reassignmentOf(analysis, declaration);
  return write && isOpenedLazily(analysis, declaration, releases) ? undefined : write;
}

/** Returns the nodes that assign another value to a declared name. */
export function writesOf(analysis: Analysis, declaration: ts.Node): ts.Expression[] {
  return analysis.references.usesOf(declaration).flatMap((use) => {
    const { parent } = use;
    const target =
      (ts.isPropertyAccessExpression(parent) && parent.name === use) ||
      (ts.isStringLiteralLike(use) &&
        ts.isElementAccessExpression(parent) &&
        parent.argumentExpression === use)
        ? parent
        : use;
    return ts.isExpression(target) && isWritten(target) ? [target] : [];
  });
}

// Recognises `db ??= open()` and `if (!db) db = open()`, if `onFree` closes the value.
function isOpenedLazily(analysis: Analysis, declaration: ts.Node, releases: Releases): boolean {
  const uses = valueUses(analysis, declaration);
  const isClosed = uses.some((use) => !isWritten(use) && releases.isFreeCode(use));
  return (
    isClosed &&
    writesOf(analysis, declaration)
      .filter((write) => happensLater(analysis, write, undefined))
      .every((write) => opensOnce(write, uses) || isReset(write) || releases.isFreeCode(write))
  );
}

function opensOnce(write: ts.Expression, uses: readonly ts.Expression[]): boolean {
  const { parent } = wrapped(write);
  if (!ts.isBinaryExpression(parent)) return false;
  const operator = parent.operatorToken.kind;
  if (
    operator === ts.SyntaxKind.QuestionQuestionEqualsToken ||
    operator === ts.SyntaxKind.BarBarEqualsToken
  ) {
    return true;
  }
  const fn = enclosingFunction(write);
  return (
    operator === ts.SyntaxKind.EqualsToken &&
    fn !== undefined &&
    uses.some((use) => isWithin(use, fn) && isAskedFor(use))
  );
}

function isAskedFor(use: ts.Expression): boolean {
  for (let node: ts.Node = use; ts.isExpression(node); node = node.parent) {
    const { parent } = node;
    if (ts.isIfStatement(parent)) return parent.expression === node;
    if (ts.isConditionalExpression(parent)) return parent.condition === node;
    if (ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken) {
      return parent.left === node;
    }
  }
  return false;
}

function isReset(write: ts.Expression): boolean {
  const { parent } = wrapped(write);
  if (!ts.isBinaryExpression(parent)) return false;
  const value = bare(parent.right);
  return value.kind === ts.SyntaxKind.NullKeyword || (ts.isIdentifier(value) && value.text === 'undefined');
}
