import { ts } from 'ts-morph';
import type { Analysis } from './analysis.js';
import { callSitesOf } from './call-sites.js';
import { functionsBehind, nameOfFunction } from './functions.js';
import { isHook, isRunByLiveswap } from './hooks.js';
import { isOfLanguage, platformCallee, platformName } from './origin.js';
import {
  accessedName,
  bare,
  callOf,
  enclosingFunction,
  isAccess,
  isFunctionNode,
  isWithin,
  wrapped,
  type FunctionNode,
  type LaterCode,
  type CallOrNew,
} from './syntax.js';
import { bindingsOf, valueUses } from './uses.js';

/**
 * Returns whether the code at `node` can run after the module has been evaluated. Code in a function runs at once if the function
 * has no other use than to be called in place, passed to `map` and the like, or called by such code.
 */
export function runsLater(analysis: Analysis, node: ts.Node): boolean {
  const fn = enclosingFunction(node);
  const find = (): boolean => new Escape(analysis, undefined, 'later').isLater(node);
  return fn !== undefined && analysis.memory.recall('runs later', fn, find, false);
}

/** Returns whether the code at `node`, inside `scope`, can certainly run after a call of `scope` has returned. */
export function outlives(analysis: Analysis, node: ts.Node, scope: LaterCode): boolean {
  return new Escape(analysis, scope, 'at once').isLater(node);
}

/** Returns whether the code at `node`, inside `scope`, certainly runs before a call of `scope` has returned. */
export function runsWithin(analysis: Analysis, node: ts.Node, scope: LaterCode): boolean {
  return !new Escape(analysis, scope, 'later').isLater(node);
}

/** Returns whether the code at `node`, where a value was seen, runs after the module has been evaluated. */
export function happensLater(analysis: Analysis, node: ts.Node, scope: LaterCode | undefined): boolean {
  const mayBeLater = !scope || !isWithin(node, scope) || outlives(analysis, node, scope);
  return mayBeLater && runsLater(analysis, node);
}

/** Returns whether the value of `node`, inside `scope`, is still kept after a call of `scope` has returned. */
export function isKept(analysis: Analysis, node: ts.Expression, scope: LaterCode): boolean {
  return new Escape(analysis, scope, 'at once').escapes(node);
}

/** Returns the call that runs a function in place: a call of it, or a call that receives it and runs it before returning. */
export function runningSite(analysis: Analysis, fn: LaterCode): ts.Node | undefined {
  const isInPlace = ts.isFunctionExpression(fn) || ts.isArrowFunction(fn);
  return isInPlace && !fn.asteriskToken ? callThrough(analysis, fn) : undefined;
}

function callThrough(analysis: Analysis, node: ts.Expression): ts.Node | undefined {
  const call = callOf(node);
  if (call) return call;
  const argument = wrapped(node);
  const { parent } = argument;
  if (!ts.isCallExpression(parent) && !ts.isNewExpression(parent)) return undefined;
  const index = parent.arguments?.indexOf(argument) ?? -1;
  return index >= 0 && callsAtOnce(analysis, parent, index) ? parent : undefined;
}

/** Returns whether a call runs its argument `index`, a function, before it returns. */
export function callsAtOnce(analysis: Analysis, call: CallOrNew, index: number): boolean {
  const declaration = analysis.checker.getResolvedSignature(call)?.declaration;
  if (declaration && isOfLanguage(analysis, declaration)) {
    if (ts.isNewExpression(call)) return platformCallee(analysis, call.expression) === 'Promise';
    return visitors.test(platformName(analysis, declaration) ?? '');
  }
  const targets = functionsBehind(analysis, call.expression);
  return targets.length > 0 && targets.every((target) => onlyCalls(analysis, target, index));
}

// These functions call their argument before they return; `then` and `finally`, `push` and `set` do not.
const visitors =
  /^((Readonly)?(Array|Map|Set)|\w+Array|Iterator\w*)\.(forEach|map|filter|find\w*|some|every|reduce\w*|flatMap|sort|toSorted)$|^String\.replace(All)?$|^JSON\.(parse|stringify)$|^(Array|\w+Array|Object|Map)Constructor\.(from|groupBy)$/;

function onlyCalls(analysis: Analysis, target: FunctionNode, index: number): boolean {
  const parameter = target.parameters[index];
  if (!parameter || !ts.isIdentifier(parameter.name) || parameter.dotDotDotToken) return false;
  if (ts.isParameterPropertyDeclaration(parameter, target)) return false;
  const isOnlyCalled = (): boolean =>
    valueUses(analysis, parameter).every((use) => {
      const call = callOf(use);
      return call ? !outlives(analysis, call, target) : isPassedToCaller(analysis, use);
    });
  // A recursive function that passes its callback on to itself does not keep it.
  return analysis.memory.recall('is only called', parameter, isOnlyCalled, true);
}

function isPassedToCaller(analysis: Analysis, use: ts.Expression): boolean {
  const { parent } = use;
  if (!ts.isCallExpression(parent) && !ts.isNewExpression(parent)) return false;
  const index = parent.arguments?.indexOf(use) ?? -1;
  return index >= 0 && callsAtOnce(analysis, parent, index);
}

/** One question about when code runs, relative to a function or, without one, to the module. */
class Escape {
  readonly #analysis: Analysis;
  readonly #scope: LaterCode | undefined;
  readonly #unlessKnown: 'later' | 'at once';
  // Code that is being examined; recursion adds nothing.
  readonly #code = new Set<ts.Node>();
  readonly #values = new Set<ts.Node>();

  constructor(analysis: Analysis, scope: LaterCode | undefined, unlessKnown: 'later' | 'at once') {
    this.#analysis = analysis;
    this.#scope = scope;
    this.#unlessKnown = unlessKnown;
  }

  isLater(node: ts.Node): boolean {
    const fn = enclosingFunction(node);
    if (!fn || fn === this.#scope || this.#code.has(fn)) return false;
    this.#code.add(fn);
    const site = runningSite(this.#analysis, fn);
    if (site) return this.isLater(site);
    return this.#unlessKnown === 'at once' ? this.#isUsedLater(fn) : !this.#isOnlyCalledAtOnce(fn);
  }

  escapes(expression: ts.Expression): boolean {
    const node = wrapped(expression);
    if (this.#values.has(node)) return false;
    this.#values.add(node);
    const { parent } = node;
    if (ts.isReturnStatement(parent) || ts.isYieldExpression(parent) || ts.isArrowFunction(parent))
      return true;
    if (ts.isPropertyDeclaration(parent) || ts.isExportAssignment(parent)) return true;
    if (ts.isConditionalExpression(parent)) return parent.condition !== node && this.escapes(parent);
    if (isMember(parent)) return this.escapes(parent.parent);
    if (ts.isArrayLiteralExpression(parent) || ts.isSpreadElement(parent)) return this.escapes(parent);
    if (ts.isVariableDeclaration(parent)) return this.#isVariableKept(parent);
    if (ts.isBinaryExpression(parent)) return this.#isOperandKept(parent, node);
    if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) return this.#isArgumentKept(parent, node);
    const bound = isAccess(parent) && accessedName(parent) === 'bind' ? callOf(parent) : undefined;
    return bound !== undefined && this.escapes(bound);
  }

  #isOnlyCalledAtOnce(fn: LaterCode): boolean {
    if (!isFunctionNode(fn) || isGenerator(fn)) return false;
    if (!this.#scope && isHookCode(this.#analysis, fn)) return true;
    const sites = this.#analysis.memory.recall(
      'call sites',
      fn,
      () => callSitesOf(this.#analysis, fn, callsAtOnce),
      [],
    );
    return sites?.every((site) => this.#isWithinScope(site) && !this.isLater(site)) ?? false;
  }

  #isWithinScope(node: ts.Node): boolean {
    return !this.#scope || isWithin(node, this.#scope);
  }

  #isUsedLater(fn: LaterCode): boolean {
    if (!isFunctionNode(fn) || ts.isMethodDeclaration(fn) || ts.isAccessor(fn)) return true;
    if (ts.isConstructorDeclaration(fn)) return true;
    const name = nameOfFunction(fn);
    if ((!name || !ts.isVariableDeclaration(name)) && ts.isExpression(fn) && this.escapes(fn)) return true;
    return name !== undefined && valueUses(this.#analysis, name).some((use) => this.#isUseKept(use));
  }

  #isUseKept(use: ts.Expression): boolean {
    if (!this.#isWithinScope(use)) return true;
    const call = callThrough(this.#analysis, use);
    return call ? this.isLater(call) : this.escapes(use);
  }

  #isVariableKept(variable: ts.VariableDeclaration): boolean {
    const names = ts.isIdentifier(variable.name) ? [variable] : bindingsOf(variable.name);
    return names
      .flatMap((name) => valueUses(this.#analysis, name))
      .some((use) => this.isLater(use) || this.#isUseKept(use));
  }

  #isOperandKept(parent: ts.BinaryExpression, node: ts.Expression): boolean {
    const operator = parent.operatorToken.kind;
    if (operator === ts.SyntaxKind.EqualsToken || operator === ts.SyntaxKind.QuestionQuestionEqualsToken) {
      if (parent.right !== node) return false;
      return isAccess(bare(parent.left)) || this.#isTargetKept(bare(parent.left));
    }
    const passesOn =
      operator === ts.SyntaxKind.BarBarToken ||
      operator === ts.SyntaxKind.QuestionQuestionToken ||
      operator === ts.SyntaxKind.AmpersandAmpersandToken ||
      (operator === ts.SyntaxKind.CommaToken && parent.right === node);
    return passesOn && this.escapes(parent);
  }

  #isTargetKept(target: ts.Expression): boolean {
    return this.#analysis.references
      .declarationsOf(target)
      .flatMap((declaration) => valueUses(this.#analysis, declaration))
      .some((use) => this.#isUseKept(use));
  }

  #isArgumentKept(call: CallOrNew, node: ts.Expression): boolean {
    const index = call.arguments?.indexOf(node) ?? -1;
    if (index < 0 || (isFunctionNode(bare(node)) && callsAtOnce(this.#analysis, call, index))) return false;
    const callee = platformCallee(this.#analysis, call.expression);
    if (callee === 'ObjectConstructor.defineProperty' || callee === 'ObjectConstructor.assign') return true;
    return this.escapes(call);
  }
}

function isMember(
  node: ts.Node,
): node is ts.PropertyAssignment | ts.ShorthandPropertyAssignment | ts.SpreadAssignment {
  return (
    ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node) || ts.isSpreadAssignment(node)
  );
}

function isGenerator(fn: FunctionNode): boolean {
  return 'asteriskToken' in fn && fn.asteriskToken !== undefined;
}

function isHookCode(analysis: Analysis, fn: FunctionNode): boolean {
  if (ts.isMethodDeclaration(fn)) return ts.isObjectLiteralElementLike(fn) && isHook(analysis, fn);
  return ts.isExpression(fn) && isRunByLiveswap(analysis, fn);
}
