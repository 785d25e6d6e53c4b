import { ts } from 'ts-morph';
import type { Analysis } from '../analysis/analysis.js';
import { functionsBehind } from '../analysis/functions.js';
import { platformCallee } from '../analysis/origin.js';
import {
  accessedName,
  bare,
  isAccess,
  isFunctionNode,
  isWritten,
  walk,
  type FunctionNode,
} from '../analysis/syntax.js';
import { isSignal } from '../analysis/types.js';
import type { Releases } from '../analysis/releases.js';

type Loop = ts.WhileStatement | ts.DoStatement | ts.ForStatement | ts.ForOfStatement;

/** Returns the loops that nothing ends. */
export function endlessLoops(analysis: Analysis, releases: Releases): Loop[] {
  return analysis.nodes
    .of<Loop>(
      ts.SyntaxKind.WhileStatement,
      ts.SyntaxKind.DoStatement,
      ts.SyntaxKind.ForStatement,
      ts.SyntaxKind.ForOfStatement,
    )
    .filter((loop) => isEndless(analysis, loop) && !hasExit(analysis, loop, releases) && !isPulled(loop));
}

function isLoop(node: ts.Node): node is Loop {
  return (
    ts.isWhileStatement(node) ||
    ts.isDoStatement(node) ||
    ts.isForStatement(node) ||
    ts.isForOfStatement(node)
  );
}

function isEndless(analysis: Analysis, loop: Loop): boolean {
  if (ts.isForOfStatement(loop)) return isEndlessSource(analysis, loop.expression);
  const condition = ts.isForStatement(loop) ? loop.condition : loop.expression;
  return condition === undefined || isAlwaysTrue(analysis, condition);
}

function isAlwaysTrue(analysis: Analysis, condition: ts.Expression): boolean {
  const node = bare(condition);
  if (ts.isIdentifier(node))
    return isNeverWritten(analysis, node) && isTruthy(analysis.checker.getTypeAtLocation(node));
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) {
    return isAlwaysFalse(analysis, node.operand);
  }
  if (ts.isBinaryExpression(node)) {
    if (node.operatorToken.kind === ts.SyntaxKind.BarBarToken) {
      return isAlwaysTrue(analysis, node.left) || isAlwaysTrue(analysis, node.right);
    }
    if (node.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken) {
      return isAlwaysTrue(analysis, node.left) && isAlwaysTrue(analysis, node.right);
    }
    return false;
  }
  return ts.isLiteralExpression(node) || node.kind === ts.SyntaxKind.TrueKeyword
    ? isTruthy(analysis.checker.getTypeAtLocation(node))
    : false;
}

function isAlwaysFalse(analysis: Analysis, condition: ts.Expression): boolean {
  const node = bare(condition);
  if (node.kind === ts.SyntaxKind.FalseKeyword) return true;
  if (ts.isNumericLiteral(node)) return Number(node.text) === 0;
  if (!ts.isIdentifier(node) || !isNeverWritten(analysis, node)) return false;
  return analysis.checker.typeToString(analysis.checker.getTypeAtLocation(node)) === 'false';
}

// The type of a `let` is narrowed to `true` although another function sets it to `false`.
function isNeverWritten(analysis: Analysis, name: ts.Identifier): boolean {
  return analysis.references
    .declarationsOf(name)
    .every((declaration) =>
      analysis.references.usesOf(declaration).every((use) => !ts.isIdentifier(use) || !isWritten(use)),
    );
}

function isTruthy(type: ts.Type): boolean {
  if (type.isNumberLiteral()) return type.value !== 0;
  if (type.isStringLiteral()) return type.value !== '';
  return (
    (type.flags & ts.TypeFlags.BooleanLiteral) !== 0 &&
    'intrinsicName' in type &&
    type.intrinsicName === 'true'
  );
}

/** Returns whether a source yields values for ever: events, ticks, changes of a file, a generator that never returns. */
function isEndlessSource(analysis: Analysis, source: ts.Expression): boolean {
  const call = bare(source);
  if (!ts.isCallExpression(call)) return false;
  const name = platformCallee(analysis, call.expression) ?? '';
  if (/^(events\.(EventEmitter\.)?on|timers\/promises\.setInterval|fs\/promises\.watch)$/.test(name))
    return true;
  return functionsBehind(analysis, call.expression).some((fn) => isEndlessGenerator(analysis, fn));
}

function isEndlessGenerator(analysis: Analysis, fn: FunctionNode): boolean {
  if (ts.isArrowFunction(fn) || ts.isAccessor(fn) || ts.isConstructorDeclaration(fn)) return false;
  if (!fn.asteriskToken || !fn.body) return false;
  return fn.body.statements.some(
    (statement) =>
      isLoop(statement) &&
      !ts.isForOfStatement(statement) &&
      isEndless(analysis, statement) &&
      !hasExit(analysis, statement),
  );
}

// The code that iterates over a generator ends it.
function isPulled(loop: Loop): boolean {
  let yields = false;
  walk(loop, (node) => {
    if (ts.isYieldExpression(node)) yields = true;
    return !isFunctionNode(node);
  });
  return yields;
}

/** Returns whether a statement leaves the loop itself, rather than an inner loop or function, or a `try` inside the loop. */
function hasExit(analysis: Analysis, loop: Loop, releases?: Releases): boolean {
  if (ts.isForOfStatement(loop) && releases && isBoundCall(bare(loop.expression), releases)) return true;
  let found = false;
  walk(loop, (node) => {
    if (isFunctionNode(node) || ts.isClassLike(node)) return false;
    if (leaves(analysis, node, loop, releases)) found = true;
    return !found;
  });
  return found;
}

function isBoundCall(node: ts.Expression, releases: Releases): boolean {
  return ts.isCallExpression(node) && releases.isBoundToSignal(node);
}

function leaves(analysis: Analysis, node: ts.Node, loop: Loop, releases: Releases | undefined): boolean {
  if (ts.isReturnStatement(node)) return true;
  if (ts.isBreakStatement(node)) return isAround(targetOf(node), loop);
  if (ts.isContinueStatement(node))
    return node.label !== undefined && targetOf(node) !== loop && isAround(targetOf(node), loop);
  if (ts.isThrowStatement(node)) return !isCaught(node, loop);
  if (!ts.isCallExpression(node)) return false;
  return throws(analysis, node, releases) && !isCaught(node, loop);
}

// The loop is left by a call that never returns, by `signal.throwIfAborted()`, or by an awaited call that rejects when a signal
// is aborted.
function throws(analysis: Analysis, call: ts.CallExpression, releases: Releases | undefined): boolean {
  if (analysis.checker.getTypeAtLocation(call).flags & ts.TypeFlags.Never) return true;
  const callee = call.expression;
  if (isAccess(callee) && accessedName(callee) === 'throwIfAborted')
    return isSignal(analysis, callee.expression);
  return ts.isAwaitExpression(call.parent) && (releases?.isBoundToSignal(call) ?? false);
}

function targetOf(jump: ts.BreakOrContinueStatement): ts.Node | undefined {
  for (let outer = jump.parent; outer; outer = outer.parent) {
    if (jump.label) {
      if (ts.isLabeledStatement(outer) && outer.label.text === jump.label.text) return outer.statement;
    } else if (
      ts.isIterationStatement(outer, false) ||
      (ts.isBreakStatement(jump) && ts.isSwitchStatement(outer))
    )
      return outer;
  }
  return undefined;
}

function isAround(outer: ts.Node | undefined, loop: ts.Node): boolean {
  for (let node = loop; node; node = node.parent) if (node === outer) return true;
  return false;
}

function isCaught(node: ts.Node, loop: Loop): boolean {
  for (let inner = node, outer = node.parent; outer && inner !== loop; inner = outer, outer = outer.parent) {
    if (ts.isTryStatement(outer) && outer.catchClause && outer.tryBlock === inner) return true;
    if (isFunctionNode(outer)) return false;
  }
  return false;
}
