import { ts } from 'ts-morph';
import type { Analysis } from '../analysis/analysis.js';
import {
  accessedName,
  bare,
  callOf,
  isAccess,
  isFunctionNode,
  memberNameOf,
  walk,
  wrapped,
} from '../analysis/syntax.js';
import { isNewPromise } from './promise-executor.js';

/**
 * Returns whether the outcome of a promise chain, including failures, is passed on: `job.then(resolve, reject)` settles a promise
 * that other code awaits, `job.then((value) => done(undefined, value), done)` calls back.
 */
export function isHandedOn(analysis: Analysis, chain: ts.Expression): boolean {
  let isSettled = false;
  let isFailureHandedOn = false;
  for (let node = bare(chain); ts.isCallExpression(node) && isAccess(node.expression);) {
    const name = accessedName(node.expression);
    const [first, second] = node.arguments;
    if (name !== 'then' && name !== 'catch' && name !== 'finally') break;
    if (name === 'then' && first && handsOn(analysis, first)) isSettled = true;
    const onFailure = name === 'catch' ? first : second;
    if (onFailure && handsOn(analysis, onFailure)) isFailureHandedOn = true;
    node = bare(node.expression.expression);
  }
  return isSettled && isFailureHandedOn;
}

/** Returns whether a function settles a promise, or calls a parameter of the function around it. */
function handsOn(analysis: Analysis, handler: ts.Expression): boolean {
  const node = bare(handler);
  if (!isFunctionNode(node)) return isSettler(analysis, node) || isGivenCallback(analysis, node);
  let found = false;
  walk(node, (inner) => {
    if (!ts.isExpression(inner) || !callOf(inner)) return !found;
    if (isSettler(analysis, inner) || isGivenCallback(analysis, inner)) found = true;
    return !found;
  });
  return found;
}

/**
 * Returns whether a call of `callee` settles a promise or aborts something: `resolve` of an executor or of `withResolvers`,
 * `controller.abort`.
 */
export function isSettler(analysis: Analysis, callee: ts.Expression): boolean {
  if (isAccess(callee)) {
    const type = analysis.checker.getTypeAtLocation(callee.expression).symbol?.name ?? '';
    if (type === 'AbortController' || type === 'PromiseWithResolvers') return true;
  }
  return analysis.references.declarationsOf(memberNameOf(callee)).some((declaration) => {
    const pattern = ts.isBindingElement(declaration) ? declaration.parent : undefined;
    if (pattern) return analysis.checker.getTypeAtLocation(pattern).symbol?.name === 'PromiseWithResolvers';
    return isGivenBySettler(analysis, declaration);
  });
}

/** Recognises `this.resolve = resolve` in an executor, and `{ promise, resolve }` from a variable that holds such an object. */
function isGivenBySettler(analysis: Analysis, declaration: ts.Node): boolean {
  if (ts.isShorthandPropertyAssignment(declaration)) {
    const variable = analysis.checker.getShorthandAssignmentValueSymbol(declaration)?.valueDeclaration;
    return variable !== undefined && isGivenBySettler(analysis, variable);
  }
  return analysis.references.usesOf(declaration).some((use) => {
    const target = isAccess(use.parent) && memberNameOf(use.parent) === use ? use.parent : use;
    const { parent } = target;
    const isAssigned =
      ts.isBinaryExpression(parent) &&
      parent.left === target &&
      parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
    return isAssigned && isParameterOfExecutor(analysis, parent.right);
  });
}

function isParameterOfExecutor(analysis: Analysis, value: ts.Expression): boolean {
  return analysis.references.declarationsOf(bare(value)).some((declaration) => {
    const executor = ts.isParameter(declaration) ? declaration.parent : undefined;
    if (!executor || !ts.isExpression(executor)) return false;
    return isNewPromise(analysis, wrapped(executor).parent);
  });
}

function isGivenCallback(analysis: Analysis, callee: ts.Expression): boolean {
  const [declaration] = analysis.references.declarationsOf(callee);
  return declaration !== undefined && ts.isParameter(declaration) && isFunctionNode(declaration.parent);
}
