import { ts } from 'ts-morph';
import type { Analysis } from '../analysis/analysis.js';
import { functionsBehind, nameOfFunction } from '../analysis/functions.js';
import { isFunctionNode, isWithin, walk, type FunctionNode } from '../analysis/syntax.js';

/** Returns the calls by which an async function always calls itself: a loop without an exit. */
export function endlessRecursions(analysis: Analysis): ts.CallExpression[] {
  return analysis.nodes
    .of<FunctionNode>(
      ts.SyntaxKind.FunctionDeclaration,
      ts.SyntaxKind.FunctionExpression,
      ts.SyntaxKind.ArrowFunction,
      ts.SyntaxKind.MethodDeclaration,
    )
    .flatMap((fn) => ownCall(analysis, fn) ?? []);
}

function ownCall(analysis: Analysis, fn: FunctionNode): ts.CallExpression | undefined {
  const isAsync =
    ts.canHaveModifiers(fn) && fn.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword);
  if (!isAsync || fn.asteriskToken || !fn.body || !ts.isBlock(fn.body)) return undefined;
  if (!namesItself(analysis, fn)) return undefined;
  for (const statement of fn.body.statements) {
    const call = waitedCall(statement);
    if (call && functionsBehind(analysis, call.expression).includes(fn)) return call;
    if (canLeave(statement)) return undefined;
  }
  return undefined;
}

function namesItself(analysis: Analysis, fn: FunctionNode): boolean {
  const name = nameOfFunction(fn);
  const uses = [...(name ? analysis.references.usesOf(name) : []), ...analysis.references.usesOf(fn)];
  return uses.some((use) => isWithin(use, fn) && use.parent !== fn && use.parent !== name);
}

// Recognises `await again();` and `return again();`. A call that is not awaited is a floating promise instead.
function waitedCall(statement: ts.Statement): ts.CallExpression | undefined {
  if (!ts.isExpressionStatement(statement) && !ts.isReturnStatement(statement)) return undefined;
  const { expression } = statement;
  const isAwaited = expression && ts.isAwaitExpression(expression);
  const call = isAwaited ? expression.expression : ts.isReturnStatement(statement) ? expression : undefined;
  return call && ts.isCallExpression(call) ? call : undefined;
}

function canLeave(statement: ts.Statement): boolean {
  if (ts.isReturnStatement(statement) || ts.isThrowStatement(statement)) return true;
  let found = false;
  walk(statement, (node) => {
    if (ts.isReturnStatement(node) || ts.isThrowStatement(node)) found = true;
    return !found && !isFunctionNode(node);
  });
  return found;
}
