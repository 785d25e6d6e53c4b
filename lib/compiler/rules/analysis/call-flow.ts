import { ts } from 'ts-morph';
import type { Analysis } from './analysis.js';
import { argumentGoes, giftsOf } from './collections.js';
import { functionAround, functionsBehind, functionsGiven, nameOfFunction } from './functions.js';
import { happensLater } from './escape.js';
import { platformCallee } from './origin.js';
import { accessedName, callOf, isAccess, wrapped, type FunctionNode } from './syntax.js';
import type { Follower, AccessPath } from './access-path.js';
import { valueUses } from './uses.js';

type Access = ts.PropertyAccessExpression | ts.ElementAccessExpression;
type Call = ts.CallExpression | ts.NewExpression;

/** Where a followed value goes through calls: into parameters, out of results, in and out of collections. */
export class CallFlow {
  readonly #analysis: Analysis;
  readonly #follower: Follower;

  constructor(analysis: Analysis, follower: Follower) {
    this.#analysis = analysis;
    this.#follower = follower;
  }

  /** A method of the value, or of what holds it, is called. */
  method(callee: Access, call: ts.CallExpression, path: AccessPath): void {
    const name = accessedName(callee);
    if (name === 'bind' && path.isValue) return this.#follower.reach(call, path);
    const gifts = giftsOf(platformCallee(this.#analysis, callee) ?? '');
    if (!path.goesDeeper) return;
    const member = path.read(undefined);
    if (gifts.length === 0 && !path.isValue) {
      // A method that an object of the plugin holds: `{ cache: () => cache }` gives it when called.
      const held = path.read(name);
      if (held) this.#follower.reach(callee, held);
    }
    if (gifts.includes('itself')) this.#follower.reach(call, path);
    if (gifts.includes('copy')) this.#follower.reach(call, path.copied());
    if (member && gifts.includes('member')) this.#follower.reach(call, member);
    if (member && gifts.includes('each')) this.#visit(call, name?.startsWith('reduce') ? 1 : 0, member);
  }

  #visit(call: ts.CallExpression, index: number, path: AccessPath): void {
    for (const argument of call.arguments) {
      for (const target of functionsBehind(this.#analysis, argument)) this.#pass(target, index, call, path);
    }
  }

  /** The value, or what holds it, is given to a call. */
  argument(node: ts.Expression, call: Call, path: AccessPath): void {
    const index = call.arguments?.indexOf(node) ?? -1;
    if (index < 0) return;
    const { expression } = call;
    for (const target of [
      ...functionsBehind(this.#analysis, expression),
      ...functionsGiven(this.#analysis, expression),
    ]) {
      this.#pass(target, index, call, path);
    }
    const settled = index === 0 ? promiseSettledBy(this.#analysis, call) : undefined;
    if (settled) this.#follower.reach(settled, path.in(undefined));
    const goes = argumentGoes(platformCallee(this.#analysis, call.expression) ?? '', index);
    if (goes === 'through') this.#follower.reach(call, path);
    else if (goes === 'copied') this.#follower.reach(call, path.copied());
    else if (goes === 'stored' && isAccess(call.expression)) {
      this.#follower.keep(call.expression.expression, path.under('*'));
    }
  }

  #pass(target: FunctionNode, index: number, call: Call, path: AccessPath): void {
    const parameter = target.parameters[index] ?? target.parameters.at(-1);
    if (!parameter || (index >= target.parameters.length && !parameter.dotDotDotToken)) return;
    const inner = path.in(happensLater(this.#analysis, call, path.scope) ? undefined : target);
    this.#follower.bind(parameter.name, parameter, parameter.dotDotDotToken ? inner.under('*') : inner);
  }

  /** The function around `from` gives the value, or what holds it. */
  result(from: ts.Node, path: AccessPath): void {
    const fn = ts.isArrowFunction(from) ? from : functionAround(from);
    if (!fn) return;
    const name = nameOfFunction(fn);
    const uses = name ? valueUses(this.#analysis, name) : ts.isExpression(fn) ? [fn] : [];
    for (const use of uses) {
      const result = ts.isGetAccessor(fn) ? use : callOf(use);
      if (result) this.#follower.reach(result, path.in(undefined));
    }
  }
}

// `new Promise((resolve) => resolve(value))`
function promiseSettledBy(analysis: Analysis, call: Call): ts.NewExpression | undefined {
  const [parameter] = analysis.references.declarationsOf(call.expression);
  if (!parameter || !ts.isParameter(parameter)) return undefined;
  const executor = parameter.parent;
  if (!ts.isArrowFunction(executor) && !ts.isFunctionExpression(executor)) return undefined;
  const { parent } = wrapped(executor);
  const isPromise = ts.isNewExpression(parent) && platformCallee(analysis, parent.expression) === 'Promise';
  return isPromise && executor.parameters[0] === parameter ? parent : undefined;
}
