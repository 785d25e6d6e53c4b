import { ts } from 'ts-morph';
import type { Analysis } from './analysis.js';
import { argumentGoes, giftsOf } from './collections.js';
import { functionAround, functionsBehind, functionsGiven, nameOfFunction } from './functions.js';
import { happensLater } from './moment.js';
import { platformCallee } from './origin.js';
import { accessedName, callOf, isAccess, wrapped, type FunctionNode } from './syntax.js';
import type { Follower, Trail } from './trail.js';
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
  method(callee: Access, call: ts.CallExpression, trail: Trail): void {
    const name = accessedName(callee);
    if (name === 'bind' && trail.isValue) return this.#follower.reach(call, trail);
    const gifts = giftsOf(platformCallee(this.#analysis, callee) ?? '');
    if (!trail.goesDeeper) return;
    const member = trail.read(undefined);
    if (gifts.length === 0 && !trail.isValue) {
      // A method that an object of the plugin holds: `{ cache: () => cache }` gives it when called.
      const held = trail.read(name);
      if (held) this.#follower.reach(callee, held);
    }
    if (gifts.includes('itself')) this.#follower.reach(call, trail);
    if (gifts.includes('copy')) this.#follower.reach(call, trail.copied());
    if (member && gifts.includes('member')) this.#follower.reach(call, member);
    if (member && gifts.includes('each')) this.#visit(call, name?.startsWith('reduce') ? 1 : 0, member);
  }

  #visit(call: ts.CallExpression, index: number, trail: Trail): void {
    for (const argument of call.arguments) {
      for (const target of functionsBehind(this.#analysis, argument)) this.#pass(target, index, call, trail);
    }
  }

  /** The value, or what holds it, is given to a call. */
  argument(node: ts.Expression, call: Call, trail: Trail): void {
    const index = call.arguments?.indexOf(node) ?? -1;
    if (index < 0) return;
    const { expression } = call;
    for (const target of [
      ...functionsBehind(this.#analysis, expression),
      ...functionsGiven(this.#analysis, expression),
    ]) {
      this.#pass(target, index, call, trail);
    }
    const settled = index === 0 ? promiseSettledBy(this.#analysis, call) : undefined;
    if (settled) this.#follower.reach(settled, trail.in(undefined));
    const goes = argumentGoes(platformCallee(this.#analysis, call.expression) ?? '', index);
    if (goes === 'through') this.#follower.reach(call, trail);
    else if (goes === 'copied') this.#follower.reach(call, trail.copied());
    else if (goes === 'stored' && isAccess(call.expression)) {
      this.#follower.keep(call.expression.expression, trail.under('*'));
    }
  }

  #pass(target: FunctionNode, index: number, call: Call, trail: Trail): void {
    const parameter = target.parameters[index] ?? target.parameters.at(-1);
    if (!parameter || (index >= target.parameters.length && !parameter.dotDotDotToken)) return;
    const inner = trail.in(happensLater(this.#analysis, call, trail.scope) ? undefined : target);
    this.#follower.bind(parameter.name, parameter, parameter.dotDotDotToken ? inner.under('*') : inner);
  }

  /** The function around `from` gives the value, or what holds it. */
  result(from: ts.Node, trail: Trail): void {
    const fn = ts.isArrowFunction(from) ? from : functionAround(from);
    if (!fn) return;
    const name = nameOfFunction(fn);
    const uses = name ? valueUses(this.#analysis, name) : ts.isExpression(fn) ? [fn] : [];
    for (const use of uses) {
      const result = ts.isGetAccessor(fn) ? use : callOf(use);
      if (result) this.#follower.reach(result, trail.in(undefined));
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
