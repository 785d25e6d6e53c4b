import { ts } from 'ts-morph';
import { isBegunByAdapter } from '../analysis/adapted-making.js';
import type { Analysis } from '../analysis/analysis.js';
import { valueUses } from '../analysis/uses.js';
import { accessedName, bare, isAccess, isWritten } from '../analysis/syntax.js';
import { isPromise } from '../analysis/types.js';
import { misplacedCallbacks } from './misplaced-callbacks.js';
import { isHandedOn } from './settlers.js';

/** A promise that nobody waits for. */
export interface FloatingPromise {
  readonly node: ts.Node;
  readonly how:
    | 'dropped'
    | 'given to a callback that returns nothing'
    | 'kept in a variable that nobody reads';
}

/** Returns every promise of a plugin that nobody waits for. */
export function floatingPromises(analysis: Analysis): FloatingPromise[] {
  return analysis.files.flatMap((file) =>
    analysis.memory.recall('floating promises', file, () => floatingIn(analysis, file)),
  );
}

function floatingIn(analysis: Analysis, file: ts.SourceFile): readonly FloatingPromise[] {
  return [
    ...droppedExpressions(analysis, file)
      .flatMap((expression) => dropped(analysis, expression))
      .map((node) => ({ node, how: 'dropped' as const })),
    ...analysis.nodes
      .in<ts.VariableDeclaration>(file, ts.SyntaxKind.VariableDeclaration)
      .filter((variable) => isUnreadPromise(analysis, variable))
      .map(({ name }) => ({ node: name, how: 'kept in a variable that nobody reads' as const })),
    ...misplacedCallbacks(analysis, file).map((node) => ({
      node,
      how: 'given to a callback that returns nothing' as const,
    })),
  ];
}

function droppedExpressions({ nodes }: Analysis, file: ts.SourceFile): ts.Expression[] {
  return [
    ...nodes
      .in<ts.ExpressionStatement>(file, ts.SyntaxKind.ExpressionStatement)
      .map((statement) => statement.expression),
    ...nodes
      .in<ts.ForStatement>(file, ts.SyntaxKind.ForStatement)
      .flatMap(({ initializer, incrementor }) => [
        ...(initializer && !ts.isVariableDeclarationList(initializer) ? [initializer] : []),
        ...(incrementor ? [incrementor] : []),
      ]),
    ...nodes
      .in<ts.VoidExpression>(file, ts.SyntaxKind.VoidExpression)
      .filter((node) => !isStatementPart(node)),
  ];
}

/** Returns the parts of a dropped expression that are promises, at any depth. */
function dropped(analysis: Analysis, expression: ts.Expression): ts.Expression[] {
  const node = unparenthesised(expression);
  if (ts.isAwaitExpression(node)) return [];
  if (ts.isVoidExpression(node)) return dropped(analysis, node.expression);
  if (ts.isConditionalExpression(node)) {
    return [...dropped(analysis, node.whenTrue), ...dropped(analysis, node.whenFalse)];
  }
  if (ts.isBinaryExpression(node)) return droppedOperands(analysis, node);
  if (!isPromiseOrList(analysis, analysis.checker.getTypeAtLocation(node))) return [];
  const isSeenTo =
    isHandlerOnly(analysis, node) || isHandedOn(analysis, node) || isBegunByAdapter(analysis, node);
  return isSeenTo ? [] : [node];
}

function droppedOperands(analysis: Analysis, node: ts.BinaryExpression): ts.Expression[] {
  const operator = node.operatorToken.kind;
  if (operator === ts.SyntaxKind.CommaToken)
    return [...dropped(analysis, node.left), ...dropped(analysis, node.right)];
  if (operator === ts.SyntaxKind.AmpersandAmpersandToken) return dropped(analysis, node.right);
  if (operator === ts.SyntaxKind.BarBarToken || operator === ts.SyntaxKind.QuestionQuestionToken) {
    return [...dropped(analysis, node.left), ...dropped(analysis, node.right)];
  }
  // An assignment keeps the promise for a later reader.
  const isUnread = operator === ts.SyntaxKind.EqualsToken && isNeverRead(analysis, node.left);
  return isUnread ? dropped(analysis, node.right) : [];
}

function isNeverRead(analysis: Analysis, target: ts.Expression): boolean {
  if (!ts.isIdentifier(target)) return false;
  const declarations = analysis.references.declarationsOf(target).filter(ts.isVariableDeclaration);
  return declarations.length > 0 && declarations.every((variable) => isUnread(analysis, variable));
}

function unparenthesised(expression: ts.Expression): ts.Expression {
  let node = expression;
  while (
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isSatisfiesExpression(node)
  ) {
    node = node.expression;
  }
  return node;
}

/** Returns whether a value of this type is a promise, may be one, or is a list of them. */
function isPromiseOrList(analysis: Analysis, type: ts.Type): boolean {
  if (isPromise(analysis, type)) return true;
  if (!analysis.checker.isArrayType(type) && !analysis.checker.isTupleType(type)) return false;
  return analysis.checker
    .getTypeArguments(type as ts.TypeReference)
    .some((part) => isPromise(analysis, part));
}

// `job.catch(() => {})` only observes a promise that other code waits for.
function isHandlerOnly(analysis: Analysis, node: ts.Expression): boolean {
  let receiver: ts.Expression = node;
  while (
    ts.isCallExpression(receiver) &&
    isAccess(receiver.expression) &&
    /^(then|catch|finally)$/.test(accessedName(receiver.expression) ?? '')
  ) {
    receiver = bare(receiver.expression.expression);
  }
  if (receiver === node || !ts.isIdentifier(receiver)) return false;
  return analysis.references
    .declarationsOf(receiver)
    .flatMap((declaration) => valueUses(analysis, declaration))
    .some((use) => !isLookedAt(use));
}

function isLookedAt(use: ts.Expression): boolean {
  const { parent } = use;
  return isAccess(parent) || ts.isExpressionStatement(parent) || ts.isVoidExpression(parent);
}

function isStatementPart(node: ts.VoidExpression): boolean {
  let outer: ts.Node = node;
  while (
    ts.isParenthesizedExpression(outer.parent) ||
    ts.isBinaryExpression(outer.parent) ||
    ts.isConditionalExpression(outer.parent) ||
    ts.isVoidExpression(outer.parent)
  ) {
    outer = outer.parent;
  }
  return ts.isExpressionStatement(outer.parent) || ts.isForStatement(outer.parent);
}

function isUnread(analysis: Analysis, variable: ts.VariableDeclaration): boolean {
  const isExported = (ts.getCombinedModifierFlags(variable) & ts.ModifierFlags.Export) !== 0;
  const isUsing = (ts.getCombinedNodeFlags(variable) & ts.NodeFlags.Using) !== 0;
  if (isExported || isUsing || !analysis.references.isOwn(variable)) return false;
  return analysis.references
    .usesOf(variable)
    .every((use) => use === variable.name || (ts.isIdentifier(use) && isWritten(use)));
}

function isUnreadPromise(analysis: Analysis, variable: ts.VariableDeclaration): boolean {
  if (!variable.initializer || !ts.isIdentifier(variable.name)) return false;
  return (
    isPromiseOrList(analysis, analysis.checker.getTypeAtLocation(variable.name)) &&
    isUnread(analysis, variable)
  );
}
