import { ts } from 'ts-morph';
import type { Analysis } from './analysis.js';
import { functionsBehind, nameOfFunction } from './functions.js';
import { isOfLanguage, platformCallee, platformName } from './origin.js';
import type { Use } from './references.js';
import {
  accessedName,
  bare,
  callOf,
  enclosingFunction,
  hasModifier,
  isAccess,
  isFunctionNode,
  isStatic,
  wrapped,
  type FunctionNode,
  type LaterCode,
} from './syntax.js';

/**
 * Whether the code at `node` can run after the module has been evaluated. Code in a function runs at once when that is
 * all its function is used for: called where it stands, given to `map` and the like, or only called by such code.
 */
export function runsLater(analysis: Analysis, node: ts.Node): boolean {
  return later(analysis, node, undefined, new Seen());
}

/** Whether the code at `node`, somewhere inside `scope`, can run after a call of `scope` has returned. */
export function outlives(analysis: Analysis, node: ts.Node, scope: LaterCode): boolean {
  return later(analysis, node, scope, new Seen());
}

/** Whether the value of `node`, somewhere inside `scope`, is kept when a call of `scope` has returned. */
export function isKept(analysis: Analysis, node: ts.Expression, scope: LaterCode): boolean {
  return escapes(analysis, node, scope, new Seen());
}

// What is being looked at already: recursion adds nothing.
class Seen {
  readonly code = new Set<ts.Node>();
  readonly values = new Set<ts.Node>();
}

function later(analysis: Analysis, node: ts.Node, scope: LaterCode | undefined, seen: Seen): boolean {
  const fn = enclosingFunction(node);
  if (!fn || fn === scope || seen.code.has(fn)) return false;
  seen.code.add(fn);
  const site = immediateSite(analysis, fn);
  if (site) return later(analysis, site, scope, seen);
  return scope ? isUsedLater(analysis, fn, scope, seen) : !isOnlyCalledAtOnce(analysis, fn, seen);
}

/** Where a function is called that is called where it stands, or that what it is given to calls at once. */
function immediateSite(analysis: Analysis, fn: LaterCode): ts.Node | undefined {
  if (!ts.isFunctionExpression(fn) && !ts.isArrowFunction(fn)) return undefined;
  if (fn.asteriskToken) return undefined;
  const call = callOf(fn);
  if (call) return call;
  const argument = wrapped(fn);
  const { parent } = argument;
  if (!ts.isCallExpression(parent) && !ts.isNewExpression(parent)) return undefined;
  const index = parent.arguments?.indexOf(argument) ?? -1;
  return index >= 0 && callsAtOnce(analysis, parent, index) ? parent : undefined;
}

/** Whether a call runs the function it is given as argument `index` before it returns. */
export function callsAtOnce(
  analysis: Analysis,
  call: ts.CallExpression | ts.NewExpression,
  index: number,
): boolean {
  const declaration = analysis.checker.getResolvedSignature(call)?.declaration;
  if (declaration && isOfLanguage(analysis, declaration)) {
    return !/^(Promise(Like)?\.\w+|FinalizationRegistry.*|Proxy.*)$/.test(
      languageName(analysis, call, declaration),
    );
  }
  const targets = functionsBehind(analysis, call.expression);
  return targets.length > 0 && targets.every((target) => onlyCalls(analysis, target, index));
}

function languageName(
  analysis: Analysis,
  call: ts.CallExpression | ts.NewExpression,
  declaration: ts.Node,
): string {
  // A promise's executor runs at once; what is given to its methods does not.
  if (ts.isNewExpression(call))
    return ts.isIdentifier(call.expression) ? call.expression.text.replace(/^Promise$/, '') : '';
  return platformName(analysis, declaration) ?? '';
}

function onlyCalls(analysis: Analysis, target: FunctionNode, index: number): boolean {
  const parameter = target.parameters[index];
  if (!parameter || !ts.isIdentifier(parameter.name) || parameter.dotDotDotToken) return false;
  return valueUses(analysis, parameter).every((use) => {
    const call = callOf(use);
    return call !== undefined && !outlives(analysis, call, target);
  });
}

// Seen from the module, what is not proven to run at once runs later.
function isOnlyCalledAtOnce(analysis: Analysis, fn: LaterCode, seen: Seen): boolean {
  const name = isFunctionNode(fn) ? nameOfFunction(fn) : undefined;
  if (!name || (isFunctionNode(fn) && fn.asteriskToken) || isReachedFromOutside(analysis, name)) return false;
  if (isFunctionNode(fn) && !isPlainFunction(fn) && !ts.isConstructorDeclaration(fn)) return false;
  const uses = valueUses(analysis, name);
  return (
    uses.length > 0 &&
    uses.every((use) => {
      const call = callOf(use);
      return call !== undefined && !later(analysis, call, undefined, seen);
    })
  );
}

function isPlainFunction(fn: FunctionNode): boolean {
  if (ts.isMethodDeclaration(fn)) return isStatic(fn);
  return ts.isFunctionDeclaration(fn) || ts.isFunctionExpression(fn) || ts.isArrowFunction(fn);
}

// The host calls live symbols and what the root module exports.
function isReachedFromOutside(analysis: Analysis, name: ts.Node): boolean {
  const statement = ts.isVariableDeclaration(name) ? name.parent.parent : name;
  const isExported =
    hasModifier(statement, ts.SyntaxKind.ExportKeyword) ||
    analysis.references.usesOf(name).some((use) => ts.isExportSpecifier(use.parent));
  if (!isExported) return false;
  const { livePrefix, root } = analysis.plugin;
  const text = ts.getNameOfDeclaration(name as ts.Declaration)?.getText() ?? '';
  return (
    text.toLowerCase().startsWith(livePrefix.toLowerCase()) || name.getSourceFile() === root?.compilerNode
  );
}

// Seen from a function, only what is known to get out of it runs later.
function isUsedLater(analysis: Analysis, fn: LaterCode, scope: LaterCode, seen: Seen): boolean {
  if (!isFunctionNode(fn) || isMember(fn)) return true;
  const name = nameOfFunction(fn);
  if (!name) return ts.isExpression(fn) && escapes(analysis, fn, scope, seen);
  return valueUses(analysis, name).some((use) => isUseKept(analysis, use, scope, seen));
}

function isMember(fn: FunctionNode): boolean {
  return ts.isMethodDeclaration(fn) || ts.isAccessor(fn) || ts.isConstructorDeclaration(fn);
}

function isUseKept(analysis: Analysis, use: ts.Expression, scope: LaterCode, seen: Seen): boolean {
  const call = callOf(use);
  return call ? later(analysis, call, scope, seen) : escapes(analysis, use, scope, seen);
}

function escapes(analysis: Analysis, expression: ts.Expression, scope: LaterCode, seen: Seen): boolean {
  const node = wrapped(expression);
  if (seen.values.has(node)) return false;
  seen.values.add(node);
  const { parent } = node;
  if (ts.isReturnStatement(parent) || ts.isYieldExpression(parent) || ts.isArrowFunction(parent)) return true;
  if (ts.isConditionalExpression(parent))
    return parent.condition !== node && escapes(analysis, parent, scope, seen);
  if (
    ts.isPropertyAssignment(parent) ||
    ts.isShorthandPropertyAssignment(parent) ||
    ts.isSpreadAssignment(parent)
  ) {
    return escapes(analysis, parent.parent, scope, seen);
  }
  if (ts.isArrayLiteralExpression(parent) || ts.isSpreadElement(parent))
    return escapes(analysis, parent, scope, seen);
  if (ts.isVariableDeclaration(parent)) return isVariableKept(analysis, parent, scope, seen);
  if (ts.isBinaryExpression(parent)) return isOperandKept(analysis, parent, node, scope, seen);
  if (isAccess(parent)) {
    const call = callOf(parent);
    return accessedName(parent) === 'bind' && call !== undefined && escapes(analysis, call, scope, seen);
  }
  if (ts.isCallExpression(parent) || ts.isNewExpression(parent))
    return isArgumentKept(analysis, parent, node, scope, seen);
  return ts.isPropertyDeclaration(parent) || ts.isExportAssignment(parent);
}

function isVariableKept(
  analysis: Analysis,
  variable: ts.VariableDeclaration,
  scope: LaterCode,
  seen: Seen,
): boolean {
  const names = ts.isIdentifier(variable.name) ? [variable] : bindingsOf(variable.name);
  return names
    .flatMap((name) => valueUses(analysis, name))
    .some((use) => outlivesIn(analysis, use, scope, seen) || isUseKept(analysis, use, scope, seen));
}

function outlivesIn(analysis: Analysis, use: ts.Node, scope: LaterCode, seen: Seen): boolean {
  return enclosingFunction(use) !== scope && later(analysis, use, scope, seen);
}

function isOperandKept(
  analysis: Analysis,
  parent: ts.BinaryExpression,
  node: ts.Expression,
  scope: LaterCode,
  seen: Seen,
): boolean {
  const operator = parent.operatorToken.kind;
  if (operator === ts.SyntaxKind.EqualsToken || operator === ts.SyntaxKind.QuestionQuestionEqualsToken) {
    if (parent.right !== node) return false;
    if (isAccess(bare(parent.left))) return true;
    return analysis.references
      .declarationsOf(bare(parent.left))
      .flatMap((target) => valueUses(analysis, target))
      .some((use) => isUseKept(analysis, use, scope, seen));
  }
  const passesOn = [
    ts.SyntaxKind.BarBarToken,
    ts.SyntaxKind.QuestionQuestionToken,
    ts.SyntaxKind.AmpersandAmpersandToken,
  ];
  return (
    (passesOn.includes(operator) || (operator === ts.SyntaxKind.CommaToken && parent.right === node)) &&
    escapes(analysis, parent, scope, seen)
  );
}

function isArgumentKept(
  analysis: Analysis,
  call: ts.CallExpression | ts.NewExpression,
  node: ts.Expression,
  scope: LaterCode,
  seen: Seen,
): boolean {
  const index = call.arguments?.indexOf(node) ?? -1;
  if (index < 0 || (ts.isFunctionLike(bare(node)) && callsAtOnce(analysis, call, index))) return false;
  const callee = platformCallee(analysis, call.expression);
  if (callee === 'ObjectConstructor.defineProperty' || callee === 'ObjectConstructor.assign') return true;
  return escapes(analysis, call, scope, seen);
}

/** The variables a pattern declares. */
export function bindingsOf(pattern: ts.BindingPattern): ts.BindingElement[] {
  return pattern.elements.flatMap((element) => {
    if (ts.isOmittedExpression(element)) return [];
    return ts.isIdentifier(element.name) ? [element] : bindingsOf(element.name);
  });
}

/** Where the value that `declaration` names is used, each as the expression that gives it. */
export function valueUses(analysis: Analysis, declaration: ts.Node): ts.Expression[] {
  return analysis.references.usesOf(declaration).flatMap((use) => valueAt(use) ?? []);
}

/** The expression that a name is the value of, if it is one: `x` itself, `a.x`, `a['x']`. */
export function valueAt(use: Use): ts.Expression | undefined {
  const { parent } = use;
  if (ts.isPropertyAccessExpression(parent) && parent.name === use) return parent;
  if (ts.isElementAccessExpression(parent) && parent.argumentExpression === use) return parent;
  if (ts.isPrivateIdentifier(use) || ts.isStringLiteralLike(use)) return undefined;
  return isNameOnly(use) ? undefined : use;
}

function isNameOnly(use: ts.Identifier): boolean {
  const { parent } = use;
  if (ts.isBindingElement(parent)) return parent.initializer !== use;
  if (ts.isExportSpecifier(parent) || ts.isImportSpecifier(parent) || ts.isImportClause(parent)) return true;
  if (ts.isNamespaceImport(parent) || ts.isNamespaceExport(parent)) return true;
  if (ts.isShorthandPropertyAssignment(parent) || ts.isExportAssignment(parent)) return false;
  return ts.isPropertyAssignment(parent)
    ? parent.name === use
    : ts.getNameOfDeclaration(parent as ts.Declaration) === use;
}
