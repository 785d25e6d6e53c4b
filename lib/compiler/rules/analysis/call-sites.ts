import { hasLivePrefix } from '../../live-prefix.js';
import { ts } from 'ts-morph';
import type { Analysis } from './analysis.js';
import { functionAround, functionsBehind, nameOfFunction } from './functions.js';
import { isRunByLiveswap } from './hooks.js';
import { isOfPlatform, platformCallee } from './origin.js';
import { valueUses } from './uses.js';
import { callOf, hasModifier, isAccess, wrapped, type FunctionNode, type CallOrNew } from './syntax.js';

/**
 * Returns the places that run a function: calls, decorators, and calls that receive it and run it at once. Hooks are not
 * included. Returns `undefined` if anything else may run it as well.
 *
 * @param callsAtOnce tells whether a call runs its argument `index` before it returns.
 */
export function callSitesOf(
  analysis: Analysis,
  fn: FunctionNode,
  callsAtOnce: CallsAtOnce,
): readonly ts.Node[] | undefined {
  return new CallSites(analysis, callsAtOnce).of(fn);
}

type CallsAtOnce = (analysis: Analysis, call: CallOrNew, index: number) => boolean;

type Sites = readonly ts.Node[] | undefined;

class CallSites {
  readonly #analysis: Analysis;
  readonly #callsAtOnce: CallsAtOnce;
  // Functions that were visited; a cycle adds no place.
  readonly #functions = new Set<FunctionNode>();
  readonly #values = new Set<ts.Expression>();

  constructor(analysis: Analysis, callsAtOnce: CallsAtOnce) {
    this.#analysis = analysis;
    this.#callsAtOnce = callsAtOnce;
  }

  of(fn: FunctionNode): Sites {
    if (this.#functions.has(fn)) return [];
    this.#functions.add(fn);
    if (ts.isMethodDeclaration(fn) && !this.#isOnlyCalledByName(fn)) return undefined;
    const name = nameOfFunction(fn);
    if (name) return this.#ofName(name);
    return ts.isExpression(fn) ? this.#ofValue(fn) : undefined;
  }

  #ofName(name: ts.Node): Sites {
    if (this.#isReachedFromOutside(name)) return undefined;
    const uses = valueUses(this.#analysis, name);
    if (uses.length === 0) return undefined;
    return ts.isAccessor(name) ? uses : this.#ofAll(uses);
  }

  #ofAll(values: readonly ts.Expression[]): Sites {
    const sites: ts.Node[] = [];
    for (const value of values) {
      const found = this.#ofValue(value);
      if (!found) return undefined;
      sites.push(...found);
    }
    return sites;
  }

  /** Returns the places that run the function of `expression`. */
  #ofValue(expression: ts.Expression): Sites {
    const call = callOf(expression);
    if (call) return [call];
    const value = wrapped(expression);
    if (this.#values.has(value)) return [];
    this.#values.add(value);
    const { parent } = value;
    if (ts.isDecorator(parent)) return [parent];
    if (isRunByLiveswap(this.#analysis, value)) return [];
    if (isAccess(parent)) return this.#ofAccess(parent);
    if (ts.isVariableDeclaration(parent))
      return ts.isIdentifier(parent.name) ? this.#ofName(parent) : undefined;
    if (ts.isPropertyAssignment(parent) || ts.isShorthandPropertyAssignment(parent))
      return this.#ofName(parent);
    if (ts.isReturnStatement(parent) || ts.isArrowFunction(parent)) return this.#ofResult(parent);
    if (ts.isExpressionWithTypeArguments(parent)) return this.#ofDerived(parent);
    if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) return this.#ofArgument(parent, value);
    return isOnlyLookedAt(parent) ? [] : undefined;
  }

  // A static member of a class is not the class, but `f.bind(…)` counts as `f`.
  #ofAccess(access: ts.PropertyAccessExpression | ts.ElementAccessExpression): Sites {
    const bound = ts.isPropertyAccessExpression(access) && access.name.text === 'bind' && callOf(access);
    if (bound) return this.#ofValue(bound);
    const [declaration] = this.#analysis.references.declarationsOf(access);
    return declaration && ts.isFunctionLike(declaration) ? undefined : [];
  }

  /** Returns the places that run a returned function: those where the result is called. */
  #ofResult(from: ts.Node): Sites {
    const giver = ts.isArrowFunction(from) ? from : functionAround(from);
    const calls = giver && this.of(giver);
    if (!calls || !calls.every((call) => ts.isCallExpression(call) && this.#calls(call, giver)))
      return undefined;
    return this.#ofAll(calls.filter((call) => ts.isCallExpression(call)));
  }

  // Notes a call whose result goes elsewhere: that of a decorator replaces the declaration, that of a callback goes to the
  // function that calls it.
  #calls(call: ts.CallExpression, fn: FunctionNode): boolean {
    return functionsBehind(this.#analysis, call.expression).includes(fn);
  }

  #ofDerived({ parent }: ts.ExpressionWithTypeArguments): Sites {
    return ts.isClassDeclaration(parent.parent) ? this.#ofName(parent.parent) : undefined;
  }

  #ofArgument(call: CallOrNew, value: ts.Expression): Sites {
    const index = call.arguments?.indexOf(value) ?? -1;
    if (index < 0) return undefined;
    return this.#callsAtOnce(this.#analysis, call, index) || isWaitedFor(this.#analysis, call)
      ? [call]
      : undefined;
  }

  // The host calls live symbols and the exports of the root module.
  #isReachedFromOutside(name: ts.Node): boolean {
    const statement = ts.isVariableDeclaration(name) ? name.parent.parent : name;
    const isExported =
      hasModifier(statement, ts.SyntaxKind.ExportKeyword) ||
      this.#analysis.references.usesOf(name).some((use) => ts.isExportSpecifier(use.parent));
    if (!isExported) return false;
    const { livePrefix, root } = this.#analysis.plugin;
    const text = ts.getNameOfDeclaration(name as ts.Declaration)?.getText() ?? '';
    return (
      hasLivePrefix(text, livePrefix) ||
      (name.getSourceFile() === root?.compilerNode && !ts.isClassDeclaration(name))
    );
  }

  // The host calls the methods of live types, and a package calls those it requires.
  #isOnlyCalledByName(method: ts.MethodDeclaration): boolean {
    const owner = method.parent;
    if (!ts.isClassLike(owner)) return true;
    if (owner.name && hasLivePrefix(owner.name.text, this.#analysis.plugin.livePrefix)) return false;
    return (owner.heritageClauses ?? [])
      .flatMap(({ types }) => types)
      .every((type) =>
        this.#analysis.references
          .declarationsOf(type.expression)
          .every((base) => this.#analysis.references.isOwn(base) || isOfPlatform(this.#analysis, base)),
      );
  }
}

/** Returns whether `call` passes on a promise that its caller awaits: `await ready.then(…)`, `return ready.then(…)`. */
function isWaitedFor(analysis: Analysis, call: ts.Expression): boolean {
  if (!ts.isCallExpression(call)) return false;
  if (!/^Promise\.(then|catch|finally)$/.test(platformCallee(analysis, call.expression) ?? '')) return false;
  const { parent } = call;
  if (ts.isAwaitExpression(parent) || ts.isReturnStatement(parent) || ts.isArrowFunction(parent)) return true;
  const chained = isAccess(parent) ? callOf(parent) : undefined;
  return chained !== undefined && isWaitedFor(analysis, chained);
}

function isOnlyLookedAt(parent: ts.Node): boolean {
  return (
    ts.isExpressionStatement(parent) ||
    ts.isTypeOfExpression(parent) ||
    (ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword)
  );
}
