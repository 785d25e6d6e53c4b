import { ts } from 'ts-morph';
import type { Analysis } from '../analysis/analysis.js';
import { bare, enclosingFunction, hasModifier, isFunctionNode, wrapped } from '../analysis/syntax.js';

/**
 * Returns whether `node` is inside the executor of a promise. The promise then settles when the work ends; whether anybody awaits
 * it is checked separately.
 */
export function isInExecutor(analysis: Analysis, node: ts.Node): boolean {
  for (let fn = enclosingFunction(node); fn; fn = enclosingFunction(fn)) {
    const parent = ts.isExpression(fn) ? wrapped(fn).parent : undefined;
    if (parent && isNewPromise(analysis, parent)) return true;
  }
  return false;
}

/** Returns whether `node` is a `new Promise(…)`. */
export function isNewPromise(analysis: Analysis, node: ts.Node): boolean {
  return ts.isNewExpression(node) && analysis.checker.getTypeAtLocation(node).symbol?.name === 'Promise';
}

/** Returns the async functions that are executors of promises: an error in one rejects a promise that nobody holds. */
export function asyncExecutors(analysis: Analysis): ts.Expression[] {
  return analysis.nodes.of<ts.NewExpression>(ts.SyntaxKind.NewExpression).flatMap((made) => {
    const [argument] = made.arguments ?? [];
    const executor = argument && bare(argument);
    const isAsync = executor && isFunctionNode(executor) && hasModifier(executor, ts.SyntaxKind.AsyncKeyword);
    return isAsync && isNewPromise(analysis, made) ? [executor] : [];
  });
}
