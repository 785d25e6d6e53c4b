import { ts } from 'ts-morph';
import type { Analysis } from '../analysis/analysis.js';
import { functionsBehind } from '../analysis/functions.js';
import { callsAtOnce, isKept, outlives } from '../analysis/escape.js';
import { bindingsOf, valueUses } from '../analysis/uses.js';
import {
  bare,
  isAccess,
  isFunctionNode,
  isWithin,
  walk,
  wrapped,
  type FunctionNode,
} from '../analysis/syntax.js';
import { changesOf } from './changes.js';
import { reassignmentOf } from './reassignment.js';
import { remembersBetweenCalls } from './remembering.js';
import { statefulValue } from './stateful-value.js';

/** A variable of a function that outlives its call, because something that is kept changes it. */
export interface KeptVariable {
  readonly name: string;
  readonly declaration: ts.Node;
  /** Node that changes the variable. */
  readonly change: ts.Node;
}

/** Expression that runs a function in place. */
export type Invocation = ts.CallExpression | ts.NewExpression | ts.Decorator;

/** Returns the state that a call at module level keeps in a closure. */
export function closureState(analysis: Analysis, invocation: Invocation): KeptVariable | undefined {
  if (isDropped(analysis, invocation)) return undefined;
  return keptBy(analysis, invocation, new Set());
}

// Recognises `createParser().parse(text)`, or a call for its effects only.
function isDropped(analysis: Analysis, invocation: Invocation): boolean {
  if (ts.isDecorator(invocation)) return false;
  const { parent } = wrapped(invocation);
  if (isAccess(parent)) return true;
  const isStatement = ts.isExpressionStatement(parent) || ts.isVoidExpression(parent);
  return (
    isStatement &&
    !isFunctionNode(bare(invocation.expression)) &&
    functionsBehind(analysis, invocation.expression).length > 0
  );
}

function keptBy(analysis: Analysis, invocation: Invocation, seen: Set<ts.Node>): KeptVariable | undefined {
  for (const fn of runBy(analysis, invocation)) {
    if (seen.has(fn)) continue;
    seen.add(fn);
    const args = ts.isDecorator(invocation) ? [] : (invocation.arguments ?? []);
    const found = keptIn(analysis, fn, args) ?? keptByCallsIn(analysis, fn, seen);
    if (found) return found;
  }
  return undefined;
}

/** Returns the plugin's functions that a call runs before it returns: the callee and function arguments. */
function runBy(analysis: Analysis, invocation: Invocation): FunctionNode[] {
  const callees = functionsBehind(analysis, invocation.expression);
  if (ts.isDecorator(invocation)) return callees;
  const visitors = [...(invocation.arguments ?? [])].flatMap((argument, index) => {
    const visitor = bare(argument);
    return isFunctionNode(visitor) && callsAtOnce(analysis, invocation, index) ? [visitor] : [];
  });
  return [...callees, ...visitors];
}

function keptIn(
  analysis: Analysis,
  fn: FunctionNode,
  args: readonly ts.Expression[],
): KeptVariable | undefined {
  for (const variable of variablesOf(fn)) {
    const change =
      reassignmentOf(analysis, variable, fn) ??
      (isFresh(variable, fn, args) ? contentChange(analysis, variable, fn) : undefined);
    if (change) return { name: nameOf(variable), declaration: variable, change };
  }
  return undefined;
}

type Variable = ts.VariableDeclaration | ts.ParameterDeclaration | ts.BindingElement;

function nameOf(variable: Variable): string {
  return variable.name.getText();
}

/** Returns the parameters and variables of a call of `fn`, without those of inner functions. */
function variablesOf(fn: FunctionNode): Variable[] {
  const found: Variable[] = [];
  const add = (variable: Variable): void => {
    found.push(...(ts.isIdentifier(variable.name) ? [variable] : bindingsOf(variable.name)));
  };
  fn.parameters.forEach(add);
  // `(fn) => (value) => …`: variables of the inner function belong to its own calls.
  if (fn.body && !isFunctionNode(fn.body)) {
    walk(fn.body, (node) => {
      if (ts.isVariableDeclaration(node)) add(node);
      return !isFunctionNode(node) && !ts.isClassLike(node);
    });
  }
  return found;
}

/** Returns whether each call has a value of its own in `variable`, rather than one from its caller. */
function isFresh(variable: Variable, fn: FunctionNode, args: readonly ts.Expression[]): boolean {
  const argument = ts.isParameter(variable) ? args[fn.parameters.indexOf(variable)] : undefined;
  const value = argument ?? variable.initializer;
  if (!value) return false;
  const node = bare(value);
  return (
    ts.isNewExpression(node) ||
    ts.isObjectLiteralExpression(node) ||
    ts.isArrayLiteralExpression(node) ||
    ts.isCallExpression(node) ||
    ts.isRegularExpressionLiteral(node)
  );
}

function contentChange(analysis: Analysis, variable: Variable, fn: FunctionNode): ts.Node | undefined {
  const changes = changesOf(analysis, variable, fn);
  const inside = changes.later.find((change) => isWithin(change, fn));
  if (inside) return inside;
  const { initializer } = variable;
  const state =
    initializer &&
    statefulValue(analysis, initializer, {
      typeOf: () => analysis.checker.getTypeAtLocation(variable),
      isFilled: true,
      isNested: true,
      isUsed: true,
      isRead: true,
      isFilledElsewhere: () => false,
    });
  if (!state || !remembersBetweenCalls(analysis, variable, state, fn)) return undefined;
  return valueUses(analysis, variable).find((use) => outlives(analysis, use, fn));
}

function keptByCallsIn(analysis: Analysis, fn: FunctionNode, seen: Set<ts.Node>): KeptVariable | undefined {
  let found: KeptVariable | undefined;
  const look = (node: ts.Node): boolean => {
    if (found || isFunctionNode(node)) return false;
    if ((ts.isCallExpression(node) || ts.isNewExpression(node)) && isKept(analysis, node, fn)) {
      found = keptBy(analysis, node, seen);
    }
    return true;
  };
  if (!fn.body) return undefined;
  if (ts.isBlock(fn.body) || look(fn.body)) walk(fn.body, look);
  return found;
}
