import { ts } from 'ts-morph';
import type { Analysis } from './analysis.js';
import { platformCallee } from './origin.js';
import { enclosingFunction, wrapped, isUsing } from './syntax.js';

/**
 * Returns whether `node` runs when a scope is left: through a disposable stack, or through `using` where the instance was made.
 */
export function isDisposal(analysis: Analysis, node: ts.Node): boolean {
  const fn = enclosingFunction(node);
  if (!fn) return false;
  // `stack.defer(() => clearInterval(timer))`
  const call = ts.isExpression(fn) ? wrapped(fn).parent : undefined;
  if (call && ts.isCallExpression(call) && isOfStack(analysis, call, /DisposableStack\.(defer|adopt)$/))
    return true;
  return isDisposeMethod(fn) && ts.isClassLike(fn.parent) && isAlwaysUsed(analysis, fn.parent);
}

/** Returns whether `node` is passed to a stack that ends it: `stack.adopt(watch('.'), (watcher) => watcher.close())`. */
export function isGivenToStack(analysis: Analysis, node: ts.Expression): boolean {
  const { parent } = wrapped(node);
  const isFirst = ts.isCallExpression(parent) && parent.arguments[0] === wrapped(node);
  return isFirst && isOfStack(analysis, parent, /DisposableStack\.(adopt|use)$/);
}

function isOfStack(analysis: Analysis, { expression }: ts.CallExpression, method: RegExp): boolean {
  return method.test(platformCallee(analysis, expression) ?? '');
}

// Recognises `[Symbol.dispose]() { clearInterval(this.#timer); }`.
function isDisposeMethod(node: ts.Node): node is ts.MethodDeclaration {
  return ts.isMethodDeclaration(node) && /^\[Symbol\.(asyncDispose|dispose)\]$/.test(node.name.getText());
}

/** Returns whether `using` or a stack ends every instance of a class. */
function isAlwaysUsed(analysis: Analysis, declaration: ts.ClassLikeDeclaration): boolean {
  const made = analysis.references.usesOf(declaration).flatMap((use) => {
    const { parent } = use;
    return ts.isNewExpression(parent) && parent.expression === use ? [parent] : [];
  });
  return made.length > 0 && made.every((instance) => isUsing(instance) || isGivenToStack(analysis, instance));
}
