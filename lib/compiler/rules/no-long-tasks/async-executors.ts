import { ts } from 'ts-morph';
import type { Analysis } from '../analysis/analysis.js';
import { bare, hasModifier, isFunctionNode } from '../analysis/syntax.js';
import { isNewPromise } from './promise-executor.js';

/** The async functions that are executors of promises: an error in one rejects a promise that nobody holds. */
export function asyncExecutors(analysis: Analysis): ts.Expression[] {
  return analysis.nodes.of<ts.NewExpression>(ts.SyntaxKind.NewExpression).flatMap((made) => {
    const [argument] = made.arguments ?? [];
    const executor = argument && bare(argument);
    const isAsync = executor && isFunctionNode(executor) && hasModifier(executor, ts.SyntaxKind.AsyncKeyword);
    return isAsync && isNewPromise(analysis, made) ? [executor] : [];
  });
}
