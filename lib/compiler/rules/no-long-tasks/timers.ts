import { ts } from 'ts-morph';
import type { Analysis } from '../analysis/analysis.js';
import { follow } from '../analysis/data-flow.js';
import { functionsBehind } from '../analysis/functions.js';
import { platformCallee } from '../analysis/origin.js';
import {
  accessedName,
  bare,
  enclosingFunction,
  isAccess,
  isFunctionNode,
  isWithin,
  walk,
  wrapped,
  type FunctionNode,
  type CallOrNew,
} from '../analysis/syntax.js';
import { isInExecutor } from './promise-executor.js';
import { isSettler } from './settlers.js';
import { isSignal } from '../analysis/types.js';
import type { Releases } from '../analysis/releases.js';
import type { Start } from './starts.js';

/** Returns whether a timer's callback sets the same timer again. */
export function isRearmed(analysis: Analysis, start: Start): boolean {
  return leadsTo(analysis, start, start.call);
}

/** Returns whether the callback of a timer leads to `call`, at any depth. */
export function leadsTo(analysis: Analysis, { work, call: timer }: Start, call: ts.Node): boolean {
  const [callback] = timer.arguments ?? [];
  if (!callback || (work !== 'timer' && work !== 'microtask')) return false;
  return functionsBehind(analysis, callback).some((fn) => reaches(analysis, fn, call, new Set()));
}

function reaches(analysis: Analysis, fn: FunctionNode, call: ts.Node, seen: Set<ts.Node>): boolean {
  if (seen.has(fn) || !fn.body) return false;
  seen.add(fn);
  let found = false;
  walk(fn, (node) => {
    if (node === call) found = true;
    else if (!found && ts.isCallExpression(node)) {
      found = functionsBehind(analysis, node.expression).some((next) => reaches(analysis, next, call, seen));
    }
    return !found;
  });
  return found;
}

/** Returns whether a timer ends with its call, or does nothing afterwards. */
export function isHarmlessTimer(
  analysis: Analysis,
  releases: Releases,
  { call, isRearmed }: Start & { readonly isRearmed: boolean },
): boolean {
  if (isInExecutor(analysis, call) || releases.isFreeCode(call)) return true;
  if (isRearmed) return asksForSignal(analysis, call);
  return isUnreferenced(call) || settlesOrAborts(analysis, call.arguments?.[0]) || isCleared(analysis, call);
}

/** Returns whether the code that sets a timer again checks a signal first. */
export function asksForSignal(analysis: Analysis, call: ts.Node): boolean {
  for (let fn = enclosingFunction(call); fn; fn = enclosingFunction(fn)) {
    if (asksSignalIn(analysis, fn)) return true;
  }
  return false;
}

function asksSignalIn(analysis: Analysis, around: ts.Node): boolean {
  let found = false;
  walk(around, (node) => {
    const isAsked = isAccess(node) && /^(aborted|throwIfAborted)$/.test(accessedName(node) ?? '');
    if (isAsked && isSignal(analysis, node.expression)) found = true;
    return !found;
  });
  return found;
}

function isUnreferenced(call: ts.Expression): boolean {
  const { parent } = wrapped(call);
  return isAccess(parent) && accessedName(parent) === 'unref';
}

/** Returns whether a callback only settles a promise or aborts something. */
function settlesOrAborts(analysis: Analysis, callback: ts.Expression | undefined): boolean {
  if (!callback) return false;
  const node = bare(callback);
  if (!isFunctionNode(node)) return isSettler(analysis, node);
  const body = node.body && ts.isBlock(node.body) ? node.body.statements : [];
  const [only] = body;
  const done =
    node.body && !ts.isBlock(node.body)
      ? node.body
      : body.length === 1 && only && ts.isExpressionStatement(only)
        ? only.expression
        : undefined;
  const call = done && bare(done);
  return call !== undefined && ts.isCallExpression(call) && isSettler(analysis, call.expression);
}

function isCleared(analysis: Analysis, call: CallOrNew): boolean {
  const [callback] = call.arguments ?? [];
  let isFound = false;
  follow(analysis, [call], 'itself', ({ node }) => {
    const end = clearingCall(analysis, node);
    if (end && !(callback && isWithin(end, callback))) isFound = true;
    if (isUnreferenced(node)) isFound = true;
  });
  return isFound;
}

/** Returns the call that clears the timer returned by `node`. */
export function clearingCall(analysis: Analysis, node: ts.Expression): ts.Node | undefined {
  const { parent } = node;
  if (!ts.isCallExpression(parent) || !parent.arguments.includes(node)) return undefined;
  return clears.test(platformCallee(analysis, parent.expression) ?? '') ? parent : undefined;
}

const clears = /^(timers\.)?clear(Timeout|Interval|Immediate)$/;
