import { ts } from 'ts-morph';
import type { Analysis } from '../analysis/analysis.js';
import { enclosingFunction, wrapped } from '../analysis/syntax.js';

/**
 * Returns whether `node` is inside the executor of a promise. The promise then tells how long the work takes; whether anybody
 * awaits it is another question.
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
