import { ts } from 'ts-morph';
import type { Analysis } from '../analysis/analysis.js';
import { functionsBehind } from '../analysis/functions.js';
import type { Releases } from '../analysis/releases.js';
import {
  accessedName,
  bare,
  hasModifier,
  isAccess,
  isFunctionNode,
  walk,
  type FunctionNode,
} from '../analysis/syntax.js';
import { isPromise, isSignal } from '../analysis/types.js';

/** A call that a function makes and waits for whenever it runs. */
interface CertainCall {
  readonly at: ts.Expression;
  readonly targets: readonly FunctionNode[];
  /** True if the call comes after a wait: at once, it overflows the stack. */
  readonly isLater: boolean;
}

/**
 * Returns the calls by which a function that is waited for always leads to itself, directly or through others: a loop without an
 * exit. A loop of several functions is returned once.
 */
export function endlessRecursions(analysis: Analysis, releases: Releases): ts.Expression[] {
  const certain = new CertainCalls(analysis, releases);
  const told = new Set<FunctionNode>();
  return analysis.nodes
    .of<FunctionNode>(
      ts.SyntaxKind.FunctionDeclaration,
      ts.SyntaxKind.FunctionExpression,
      ts.SyntaxKind.ArrowFunction,
      ts.SyntaxKind.MethodDeclaration,
    )
    .flatMap((fn) => {
      const loop = told.has(fn) ? undefined : loopFrom(certain, fn);
      for (const { targets } of loop ?? []) for (const target of targets) told.add(target);
      return loop?.[0]?.at ?? [];
    });
}

/** Returns the calls that lead from a function to itself, if one of them comes after a wait. */
function loopFrom(certain: CertainCalls, fn: FunctionNode): CertainCall[] | undefined {
  const seen = new Set<FunctionNode>();
  const search = (from: FunctionNode, way: readonly CertainCall[]): CertainCall[] | undefined => {
    for (const call of certain.of(from)) {
      const next = [...way, call];
      if (call.targets.includes(fn)) {
        if (next.some(({ isLater }) => isLater)) return next;
        continue;
      }
      const [target] = call.targets;
      if (!target || call.targets.length > 1 || seen.has(target) || certain.isOverridden(target)) continue;
      seen.add(target);
      const found = search(target, next);
      if (found) return found;
    }
    return undefined;
  };
  return search(fn, []);
}

class CertainCalls {
  readonly #analysis: Analysis;
  readonly #releases: Releases;
  readonly #calls = new Map<FunctionNode, readonly CertainCall[]>();

  constructor(analysis: Analysis, releases: Releases) {
    this.#analysis = analysis;
    this.#releases = releases;
  }

  of(fn: FunctionNode): readonly CertainCall[] {
    const known = this.#calls.get(fn);
    if (known) return known;
    const found = this.#callsIn(fn, hasModifier(fn, ts.SyntaxKind.AsyncKeyword));
    this.#calls.set(fn, found);
    return found;
  }

  /** Returns whether a class that is derived may have another method instead: of two that call each other, one is meant to be. */
  isOverridden(fn: FunctionNode): boolean {
    const owner = fn.parent;
    if (!ts.isClassLike(owner)) return false;
    return this.#analysis.references
      .usesOf(owner)
      .some(({ parent }) => ts.isExpressionWithTypeArguments(parent) && ts.isHeritageClause(parent.parent));
  }

  #callsIn({ asteriskToken, body }: FunctionNode, isLater: boolean): CertainCall[] {
    if (asteriskToken || !body) return [];
    if (!ts.isBlock(body)) return this.#calledBy(body, isLater);
    const found: CertainCall[] = [];
    for (const statement of body.statements) {
      const waited = waitedFor(statement);
      if (waited) found.push(...this.#calledBy(waited, isLater));
      const isLast = ts.isReturnStatement(statement) || ts.isThrowStatement(statement);
      if (isLast || this.#canLeave(statement)) break;
    }
    return found;
  }

  /** Returns the calls in `again()`, or in `promise.then(again)`, at any place of a chain. */
  #calledBy(expression: ts.Expression, isLater: boolean): CertainCall[] {
    const call = bare(expression);
    if (!ts.isCallExpression(call)) return [];
    const callee = call.expression;
    const targets = functionsBehind(this.#analysis, callee);
    if (targets.length > 0) return [{ at: call, targets, isLater }];
    if (!isAccess(callee) || !/^(then|catch|finally)$/.test(accessedName(callee) ?? '')) return [];
    const { checker } = this.#analysis;
    if (!isPromise(this.#analysis, checker.getTypeAtLocation(callee.expression))) return [];
    // What aborts the promise before leads past what comes after it.
    if (this.#canLeave(callee)) return [];
    // Without a failure, `catch` is not reached: that is an exit.
    const [callback] = accessedName(callee) === 'catch' ? [] : call.arguments;
    return [...this.#calledBy(callee.expression, isLater), ...(callback ? this.#calledBack(callback) : [])];
  }

  #calledBack(callback: ts.Expression): CertainCall[] {
    const fn = bare(callback);
    if (isFunctionNode(fn)) return this.#callsIn(fn, true);
    return [{ at: callback, targets: functionsBehind(this.#analysis, callback), isLater: true }];
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
