import { ts } from 'ts-morph';
import type { Analysis } from '../analysis/analysis.js';
import { initializerOf } from '../analysis/functions.js';
import { isOfLanguage } from '../analysis/origin.js';
import { valueUses } from '../analysis/uses.js';
import { accessedName, bare, isAccess, isFunctionNode, isWritten } from '../analysis/syntax.js';
import { isSignal } from './release.js';

/** A promise that nobody waits for. */
export interface FloatingPromise {
  readonly node: ts.Node;
  readonly how:
    | 'dropped'
    | 'given to a callback that returns nothing'
    | 'kept in a variable that nobody reads';
}

/** Every promise of a plugin that nobody waits for. */
export function floatingPromises(analysis: Analysis): FloatingPromise[] {
  return [
    ...droppedExpressions(analysis)
      .flatMap((expression) => dropped(analysis, expression))
      .map((node) => ({ node, how: 'dropped' as const })),
    ...analysis.nodes
      .of<ts.VariableDeclaration>(ts.SyntaxKind.VariableDeclaration)
      .filter((variable) => isUnreadPromise(analysis, variable))
      .map(({ name }) => ({ node: name, how: 'kept in a variable that nobody reads' as const })),
    ...misplacedCallbacks(analysis).map((node) => ({
      node,
      how: 'given to a callback that returns nothing' as const,
    })),
  ];
}

function droppedExpressions(analysis: Analysis): ts.Expression[] {
  const { nodes } = analysis;
  return [
    ...nodes
      .of<ts.ExpressionStatement>(ts.SyntaxKind.ExpressionStatement)
      .map((statement) => statement.expression),
    ...nodes
      .of<ts.ForStatement>(ts.SyntaxKind.ForStatement)
      .flatMap(({ initializer, incrementor }) => [
        ...(initializer && !ts.isVariableDeclarationList(initializer) ? [initializer] : []),
        ...(incrementor ? [incrementor] : []),
      ]),
    ...nodes.of<ts.VoidExpression>(ts.SyntaxKind.VoidExpression).filter((node) => !isStatementPart(node)),
  ];
}

/** The functions that give a promise where one that gives nothing is called. */
function misplacedCallbacks(analysis: Analysis): ts.Node[] {
  const { nodes } = analysis;
  const given = [
    ...nodes
      .of<ts.CallExpression | ts.NewExpression>(ts.SyntaxKind.CallExpression, ts.SyntaxKind.NewExpression)
      .flatMap((call) => [...(call.arguments ?? [])]),
    ...nodes
      .of<ts.PropertyAssignment>(ts.SyntaxKind.PropertyAssignment)
      .map((property) => property.initializer),
  ];
  const methods = nodes.of<ts.MethodDeclaration>(ts.SyntaxKind.MethodDeclaration);
  return [
    ...given.filter((node) => isMisplacedCallback(analysis, node)),
    ...methods.filter((method) => isMisplacedMethod(analysis, method)).map((method) => method.name),
  ];
}

/** The parts of a dropped expression that are promises, as far inside as it goes. */
function dropped(analysis: Analysis, expression: ts.Expression): ts.Expression[] {
  const node = unparenthesised(expression);
  if (ts.isAwaitExpression(node)) return [];
  if (ts.isVoidExpression(node)) return dropped(analysis, node.expression);
  if (ts.isConditionalExpression(node)) {
    return [...dropped(analysis, node.whenTrue), ...dropped(analysis, node.whenFalse)];
  }
  if (ts.isBinaryExpression(node)) return droppedOperands(analysis, node);
  if (!isPromiseOrList(analysis, analysis.checker.getTypeAtLocation(node))) return [];
  return isHandlerOnly(analysis, node) ? [] : [node];
}

function droppedOperands(analysis: Analysis, node: ts.BinaryExpression): ts.Expression[] {
  const operator = node.operatorToken.kind;
  if (operator === ts.SyntaxKind.CommaToken)
    return [...dropped(analysis, node.left), ...dropped(analysis, node.right)];
  if (operator === ts.SyntaxKind.AmpersandAmpersandToken) return dropped(analysis, node.right);
  if (operator === ts.SyntaxKind.BarBarToken || operator === ts.SyntaxKind.QuestionQuestionToken) {
    return [...dropped(analysis, node.left), ...dropped(analysis, node.right)];
  }
  // An assignment keeps it, for whoever reads it.
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

/** Whether a value of this type is a promise, may be one, or is a list of them. */
function isPromiseOrList(analysis: Analysis, type: ts.Type): boolean {
  if (isPromise(analysis, type)) return true;
  if (!analysis.checker.isArrayType(type) && !analysis.checker.isTupleType(type)) return false;
  return analysis.checker
    .getTypeArguments(type as ts.TypeReference)
    .some((part) => isPromise(analysis, part));
}

/** Whether a value of this type is a promise or may be one. */
function isPromise(analysis: Analysis, type: ts.Type): boolean {
  if (type.isUnionOrIntersection()) return type.types.some((part) => isPromise(analysis, part));
  const declaration = type.symbol?.declarations?.[0];
  if (!declaration) return false;
  if (/^Promise(Like)?$/.test(type.symbol.name) && isOfLanguage(analysis, declaration)) return true;
  const target = 'target' in type ? (type.target as ts.Type) : type;
  return (
    target.isClassOrInterface() &&
    analysis.checker.getBaseTypes(target).some((base) => isPromise(analysis, base))
  );
}

// `job.catch(() => {})` only looks at a promise that somebody else waits for.
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

function isMisplacedCallback(analysis: Analysis, node: ts.Expression): boolean {
  if (!isFunctionName(analysis, node)) return false;
  const { checker } = analysis;
  const gives = checker.getTypeAtLocation(node).getCallSignatures();
  if (!gives.some((signature) => isPromise(analysis, signature.getReturnType()))) return false;
  const expected = checker.getContextualType(node);
  return expected !== undefined && !isExecutorOrAbort(analysis, node.parent) && givesNothing(expected);
}

function isMisplacedMethod(analysis: Analysis, node: ts.MethodDeclaration): boolean {
  if (!ts.isObjectLiteralExpression(node.parent)) return false;
  const { checker } = analysis;
  const property = checker.getContextualType(node.parent)?.getProperty(node.name.getText());
  if (!property || !givesNothing(checker.getNonNullableType(checker.getTypeOfSymbol(property)))) return false;
  const gives = checker.getSignatureFromDeclaration(node);
  return gives !== undefined && isPromise(analysis, gives.getReturnType());
}

function givesNothing(type: ts.Type): boolean {
  const wanted = signaturesOf(type);
  return (
    wanted.length > 0 &&
    wanted.every((signature) => (signature.getReturnType().flags & ts.TypeFlags.Void) !== 0)
  );
}

// Asking what is declared is cheaper than asking for the type of every argument.
function isFunctionName(analysis: Analysis, node: ts.Expression): boolean {
  if (isFunctionNode(node)) return true;
  if (!ts.isIdentifier(node) && !ts.isPropertyAccessExpression(node)) return false;
  return analysis.references.declarationsOf(ts.isIdentifier(node) ? node : node.name).some((declaration) => {
    const value = initializerOf(declaration);
    return ts.isFunctionLike(value ? bare(value) : declaration);
  });
}

function signaturesOf(type: ts.Type): readonly ts.Signature[] {
  return type.isUnion() ? type.types.flatMap(signaturesOf) : type.getCallSignatures();
}

// A promise is settled by its executor's own calls; what is done on abort is the end of something.
function isExecutorOrAbort(analysis: Analysis, parent: ts.Node): boolean {
  if (ts.isNewExpression(parent)) return isPromise(analysis, analysis.checker.getTypeAtLocation(parent));
  if (!ts.isCallExpression(parent) || !isAccess(parent.expression)) return false;
  return isSignal(analysis, parent.expression.expression);
}
