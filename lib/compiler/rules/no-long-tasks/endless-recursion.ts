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

/** The certain calls of each function that makes any. */
type CallGraph = ReadonlyMap<FunctionNode, readonly CertainCall[]>;

/**
 * Returns the calls by which a function that is waited for always leads to itself, directly or through others: a loop without an
 * exit. A loop of several functions is returned once.
 */
export function endlessRecursions(analysis: Analysis, releases: Releases): ts.Expression[] {
  const certain = new CertainCalls(analysis, releases);
  const graph = new Map(
    analysis.files.flatMap((file) => [
      ...analysis.memory.recall('certain calls', file, () => certain.in(file)),
    ]),
  );
  return loopsOf(graph, (fn) => isOverridden(analysis, fn));
}

/** Returns a call of each loop in which one of the calls comes after a wait. Every function is looked at once. */
function loopsOf(graph: CallGraph, isOther: (fn: FunctionNode) => boolean): ts.Expression[] {
  const found: ts.Expression[] = [];
  const seen = new Set<FunctionNode>();
  /** The functions that lead to the present one, and the call by which each does. */
  const way = new Map<FunctionNode, CertainCall>();
  const follow = (fn: FunctionNode): void => {
    seen.add(fn);
    for (const call of graph.get(fn) ?? []) {
      way.set(fn, call);
      const start = call.targets.find((target) => way.has(target));
      if (start) {
        const loop = [...way.values()].slice([...way.keys()].indexOf(start));
        if (!loop.some(({ isLater }) => isLater) || (start !== fn && isOther(start))) continue;
        found.push(...loop.slice(0, 1).map(({ at }) => at));
        break;
      }
      const [target, ...others] = call.targets;
      if (target && others.length === 0 && !seen.has(target) && !isOther(target)) follow(target);
    }
    way.delete(fn);
  };
  for (const fn of graph.keys()) if (!seen.has(fn)) follow(fn);
  return found;
}

/** Returns whether a class that is derived may have another method instead: of two that call each other, one is meant to be. */
function isOverridden({ references }: Analysis, fn: FunctionNode): boolean {
  const owner = fn.parent;
  if (!ts.isClassLike(owner)) return false;
  return references
    .usesOf(owner)
    .some(({ parent }) => ts.isExpressionWithTypeArguments(parent) && ts.isHeritageClause(parent.parent));
}

class CertainCalls {
  readonly #analysis: Analysis;
  readonly #releases: Releases;

  constructor(analysis: Analysis, releases: Releases) {
    this.#analysis = analysis;
    this.#releases = releases;
  }

  /** Returns the certain calls of the functions in a file. */
  in(file: ts.SourceFile): CallGraph {
    const { nodes } = this.#analysis;
    const functions = [
      ts.SyntaxKind.FunctionDeclaration,
      ts.SyntaxKind.FunctionExpression,
      ts.SyntaxKind.ArrowFunction,
      ts.SyntaxKind.MethodDeclaration,
    ].flatMap((kind) => nodes.in<FunctionNode>(file, kind as FunctionNode['kind']));
    return new Map(
      functions
        .map((fn) => [fn, this.#callsIn(fn, hasModifier(fn, ts.SyntaxKind.AsyncKeyword))] as const)
        .filter(([, calls]) => calls.length > 0),
    );
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
    // `this.next?.run()` ends where there is no next one.
    if (!ts.isCallExpression(call) || ts.isOptionalChain(call)) return [];
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
