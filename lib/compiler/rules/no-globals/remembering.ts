import type { ts } from 'ts-morph';
import type { Analysis } from '../analysis/analysis.js';
import { followDeclared } from '../analysis/data-flow.js';
import { happensLater } from '../analysis/escape.js';
import { accessedName, isAccess, wrapped, type LaterCode } from '../analysis/syntax.js';
import type { Stateful } from './stateful.js';

/**
 * Returns whether the outcome of a call depends on earlier calls. A regular expression with `g` remembers `lastIndex` for `exec`
 * and `test` only, and an iterator has moved once it was pulled. The outcome depends on all other state.
 */
export function remembersBetweenCalls(
  analysis: Analysis,
  declaration: ts.Node,
  { kind, isSticky }: Stateful,
  scope?: LaterCode,
): boolean {
  if (kind !== 'regexp' && kind !== 'iterator') return true;
  if (isSticky) return true;
  let isUsed = false;
  let remembers = false;
  followDeclared(analysis, declaration, 'deep', ({ node, scope: inner }) => {
    isUsed = true;
    const counts = kind === 'iterator' || readsLastIndex(node);
    if (counts && happensLater(analysis, node, inner ?? scope)) remembers = true;
  });
  return remembers || (kind === 'iterator' && !isUsed);
}

function readsLastIndex(node: ts.Expression): boolean {
  const { parent } = wrapped(node);
  return isAccess(parent) && /^(exec|test|lastIndex)$/.test(accessedName(parent) ?? '');
}
