import { ts } from 'ts-morph';
import type { Analysis } from '../analysis/analysis.js';
import { functionsBehind, nameOfFunction } from '../analysis/functions.js';
import type { Releases } from '../analysis/releases.js';
import {
  accessedName,
  bare,
  hasModifier,
  isAccess,
  isFunctionNode,
  isWithin,
  walk,
  type FunctionNode,
} from '../analysis/syntax.js';
import { isPromise, isSignal } from '../analysis/types.js';

/** Returns the calls by which a function that is waited for always calls itself: a loop without an exit. */
export function endlessRecursions(analysis: Analysis, releases: Releases): ts.Expression[] {
  return analysis.nodes
    .of<FunctionNode>(
      ts.SyntaxKind.FunctionDeclaration,
      ts.SyntaxKind.FunctionExpression,
      ts.SyntaxKind.ArrowFunction,
      ts.SyntaxKind.MethodDeclaration,
    )
    .flatMap((fn) => new Recursion(analysis, releases, fn).find() ?? []);
}

class Recursion {
  readonly #analysis: Analysis;
  readonly #releases: Releases;
  readonly #fn: FunctionNode;

  constructor(analysis: Analysis, releases: Releases, fn: FunctionNode) {
    this.#analysis = analysis;
    this.#releases = releases;
    this.#fn = fn;
  }

  find(): ts.Expression | undefined {
    return this.#namesItself() ? this.#ownCallIn(this.#fn) : undefined;
  }

  #namesItself(): boolean {
    const { references } = this.#analysis;
    const fn = this.#fn;
    const name = nameOfFunction(fn);
    const uses = [...(name ? references.usesOf(name) : []), ...references.usesOf(fn)];
    return uses.some((use) => isWithin(use, fn) && use.parent !== fn && use.parent !== name);
  }

  #ownCallIn(around: FunctionNode): ts.Expression | undefined {
    if (around.asteriskToken || !around.body) return undefined;
    // A function that calls itself at once, rather than after a wait, overflows the stack.
    const isLater = around !== this.#fn || hasModifier(around, ts.SyntaxKind.AsyncKeyword);
    if (!ts.isBlock(around.body)) return this.#ownCall(around.body, isLater);
    for (const statement of around.body.statements) {
      const waited = waitedFor(statement);
      const call = waited && this.#ownCall(waited, isLater);
      if (call) return call;
      const isLast = ts.isReturnStatement(statement) || ts.isThrowStatement(statement);
      if (isLast || this.#canLeave(statement)) return undefined;
    }
    return undefined;
  }

  /** Returns the call of the function in `again()`, or in `promise.then(again)`, at any place of a chain. */
  #ownCall(expression: ts.Expression, isLater: boolean): ts.Expression | undefined {
    const call = bare(expression);
    if (ts.isAwaitExpression(call)) return this.#ownCall(call.expression, isLater);
    if (!ts.isCallExpression(call)) return undefined;
    if (isLater && this.#isOwn(call.expression)) return call;
    const callee = call.expression;
    if (!isAccess(callee) || !/^(then|catch|finally)$/.test(accessedName(callee) ?? '')) return undefined;
    const { checker } = this.#analysis;
    if (!isPromise(this.#analysis, checker.getTypeAtLocation(callee.expression))) return undefined;
    // What aborts the promise before leads past what comes after it.
    if (this.#canLeave(callee)) return undefined;
    const before = this.#ownCall(callee.expression, isLater);
    // Without a failure, `catch` is not reached: that is an exit.
    const [callback] = accessedName(callee) === 'catch' ? [] : call.arguments;
    return before ?? (callback && this.#ownCallback(callback));
  }

  #ownCallback(callback: ts.Expression): ts.Expression | undefined {
    if (this.#isOwn(callback)) return callback;
    const fn = bare(callback);
    return isFunctionNode(fn) ? this.#ownCallIn(fn) : undefined;
  }

  #isOwn(callee: ts.Expression): boolean {
    return functionsBehind(this.#analysis, callee).includes(this.#fn);
  }

  /** Returns whether what is in `code` can end the function: by a statement, or by a signal that is aborted. */
  #canLeave(code: ts.Node): boolean {
    let found = false;
    walk(code, (node) => {
      if (ts.isReturnStatement(node) || ts.isThrowStatement(node)) found = true;
      if (ts.isCallExpression(node) && this.#endsBySignal(node)) found = true;
      return !found && !isFunctionNode(node);
    });
    return found;
  }

  #endsBySignal(call: ts.CallExpression): boolean {
    const callee = call.expression;
    const isAsked = isAccess(callee) && accessedName(callee) === 'throwIfAborted';
    if (isAsked && isSignal(this.#analysis, callee.expression)) return true;
    return this.#releases.isBoundToSignal(call);
  }
}

// Recognises `await again();` and `return again();`. A promise that is not waited for is a floating one instead.
function waitedFor(statement: ts.Statement): ts.Expression | undefined {
  if (ts.isReturnStatement(statement)) return statement.expression;
  if (!ts.isExpressionStatement(statement)) return undefined;
  return ts.isAwaitExpression(statement.expression) ? statement.expression : undefined;
}
