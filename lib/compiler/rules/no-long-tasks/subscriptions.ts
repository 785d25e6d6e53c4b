import { ts } from 'ts-morph';
import type { Analysis } from '../analysis/analysis.js';
import { constantValue, symbolAt } from '../analysis/expressions.js';
import { platformCallee } from '../analysis/origin.js';
import { accessedName, bare, isAccess, isFunctionNode, walkModule } from '../analysis/syntax.js';
import { isPackageType, platformBases } from '../analysis/types.js';

/** A call at module level that subscribes a function. */
export interface Subscription {
  readonly call: ts.CallExpression;
  /** The emitter or observable; `undefined` for a function that subscribes by name. */
  readonly subject: ts.Expression | undefined;
}

/** Matches methods that add a listener to an emitter. */
export const listens = /^(on|once|addListener|prependListener|prependOnceListener|addEventListener)$/;

/**
 * Returns the subscriptions of a module, except those to the plugin's own instances of package classes, which end with the
 * plugin.
 */
export function subscriptionsIn(analysis: Analysis, file: ts.SourceFile): readonly Subscription[] {
  const found: Subscription[] = [];
  walkModule(file, (node) => {
    const subscription = ts.isCallExpression(node) ? subscriptionBy(analysis, node) : undefined;
    if (subscription) found.push(subscription);
  });
  return found;
}

function subscriptionBy(analysis: Analysis, call: ts.CallExpression): Subscription | undefined {
  const { expression } = call;
  if (platformCallee(analysis, expression) === 'diagnostics_channel.subscribe')
    return { call, subject: undefined };
  if (!isAccess(expression)) return undefined;
  const subject = expression.expression;
  const name = accessedName(expression) ?? '';
  const isObservable =
    name === 'subscribe' && call.arguments.some((argument) => isCallback(analysis, argument));
  if (isObservable) return isOwnSubject(analysis, subject) ? undefined : { call, subject };
  const isEmitter =
    listens.test(name) &&
    platformBases(analysis, analysis.checker.getTypeAtLocation(subject)).some(
      (base) => base === 'EventEmitter' || base === 'EventTarget',
    );
  return isEmitter && !isPackageType(analysis, subject) ? { call, subject } : undefined;
}

function isCallback(analysis: Analysis, argument: ts.Expression): boolean {
  return (
    isFunctionNode(argument) || analysis.checker.getTypeAtLocation(argument).getCallSignatures().length > 0
  );
}

// `new Subject().pipe(…)` emits only the plugin's own values; `interval(1000)` has a timer of its own.
function isOwnSubject(analysis: Analysis, subject: ts.Expression): boolean {
  let node = bare(subject);
  for (const seen = new Set<ts.Node>(); !seen.has(node);) {
    seen.add(node);
    if (ts.isCallExpression(node) && isAccess(node.expression)) node = bare(node.expression.expression);
    const value = ts.isIdentifier(node) && constantValue(symbolAt(node, analysis.checker));
    if (value) node = bare(value);
  }
  return ts.isNewExpression(node) && isPackageType(analysis, node);
}
