import { ts } from 'ts-morph';
import type { Analysis } from './analysis.js';
import { argumentGoes, giftsOf } from './collections.js';
import {
  functionAround,
  functionOfField,
  functionsBehind,
  functionsGiven,
  nameOfFunction,
} from './functions.js';
import { happensLater } from './escape.js';
import { platformCallee } from './origin.js';
import {
  accessedName,
  bare,
  callOf,
  isAccess,
  memberNameOf,
  namesIn,
  wrapped,
  type FunctionNode,
  type CallOrNew,
} from './syntax.js';
import { anyStep, type AccessPath, type Follower } from './access-path.js';
import { valueUses } from './uses.js';

type Access = ts.PropertyAccessExpression | ts.ElementAccessExpression;
/** Follows a value through calls: into parameters, out of results, into and out of collections. */
export class CallFlow {
  readonly #analysis: Analysis;
  readonly #follower: Follower;

  constructor(analysis: Analysis, follower: Follower) {
    this.#analysis = analysis;
    this.#follower = follower;
  }

  /** Handles a call of a method of the value or its holder. */
  method(callee: Access, call: ts.CallExpression, path: AccessPath): void {
    const name = accessedName(callee);
    if (name === 'bind' && path.isValue) return this.#follower.reach(call, path);
    const gifts = giftsOf(platformCallee(this.#analysis, callee) ?? '');
    if (!path.goesDeeper) return;
    const member = path.read(undefined);
    if (gifts.length === 0 && !path.isValue) {
      // `{ cache: () => cache }` returns the value when its method is called.
      const held = path.read(name);
      if (held) this.#follower.reach(callee, held);
    }
    if (path.isValue) this.#enter(functionsBehind(this.#analysis, callee), call, path);
    if (gifts.includes('itself')) this.#follower.reach(call, path);
    if (gifts.includes('copy')) this.#reachCopy(call, path);
    if (member && gifts.includes('member')) this.#follower.reach(call, member);
    if (member && gifts.includes('each')) this.#visit(call, name?.startsWith('reduce') ? 1 : 0, member);
  }

  /** Handles a member of the value that is read and not called: an accessor runs here, a method runs when it is called. */
  member(access: Access, path: AccessPath): void {
    for (const declaration of this.#analysis.references.declarationsOf(memberNameOf(access)))
      this.#member(declaration, access, path);
  }

  /** Handles a member that a pattern takes from the value: `const { next } = counter`. */
  taken(element: ts.BindingElement, path: AccessPath): void {
    const { checker } = this.#analysis;
    const name = element.propertyName ?? element.name;
    if (ts.isArrayBindingPattern(element.parent) || !ts.isIdentifier(name)) return;
    const property = checker.getTypeAtLocation(element.parent).getProperty(name.text);
    for (const declaration of property?.declarations ?? []) this.#member(declaration, element, path);
  }

  #member(declaration: ts.Node, site: ts.Node, path: AccessPath): void {
    if (!this.#analysis.references.isOwn(declaration)) return;
    if (ts.isAccessor(declaration)) this.#enter([declaration], site, path);
    const fn = ts.isMethodDeclaration(declaration) ? declaration : functionOfField(declaration);
    if (fn) this.#followThis(fn, path.in(undefined));
  }

  /** Handles the value as `this` in the functions that `site` runs. */
  #enter(targets: readonly FunctionNode[], site: ts.Node, path: AccessPath): void {
    const isLater = happensLater(this.#analysis, site, path.scope);
    for (const target of targets) this.#followThis(target, path.in(isLater ? undefined : target));
  }

  #followThis(target: FunctionNode, path: AccessPath): void {
    // An arrow function that a field holds has the `this` of the field.
    const owner = ts.isArrowFunction(target) ? nameOfFunction(target) : target;
    for (const self of owner ? this.#analysis.references.thisOf(owner) : []) this.#follower.reach(self, path);
  }

  #reachCopy(node: ts.Expression, path: AccessPath, except?: ReadonlySet<string>): void {
    const copy = path.copied(except);
    if (copy) this.#follower.reach(node, copy);
  }

  #visit(call: ts.CallExpression, index: number, path: AccessPath): void {
    for (const argument of call.arguments) {
      for (const target of functionsBehind(this.#analysis, argument)) this.#pass(target, index, call, path);
    }
  }

  /** Handles the value, or its holder, as an argument of a call. */
  argument(node: ts.Expression, call: CallOrNew, path: AccessPath): void {
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
    else if (goes === 'copied') {
      this.#reachCopy(call, path, namesGivenBy((call.arguments ?? []).slice(index + 1)));
    } else if (goes !== undefined && isAccess(call.expression)) {
      // A map gives a key back only as the first element of an entry.
      const inner = goes === 'key' ? path.under('0') : path;
      this.#follower.keep(call.expression.expression, inner.under(anyStep));
    }
  }

  #pass(target: FunctionNode, index: number, call: CallOrNew, path: AccessPath): void {
    const parameter = target.parameters[index] ?? target.parameters.at(-1);
    if (!parameter || (index >= target.parameters.length && !parameter.dotDotDotToken)) return;
    const inner = path.in(happensLater(this.#analysis, call, path.scope) ? undefined : target);
    this.#follower.bind(parameter.name, parameter, parameter.dotDotDotToken ? inner.under(anyStep) : inner);
  }

  /** Handles a function that returns or yields the value, or its holder, at `from`. */
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

// `Object.assign({}, defaults, { tags: [] })`: later properties replace copied ones.
function namesGivenBy(args: readonly ts.Expression[]): ReadonlySet<string> {
  return new Set(
    args.map(bare).flatMap((arg) => (ts.isObjectLiteralExpression(arg) ? namesIn(arg.properties) : [])),
  );
}

// Returns the promise that a call settles, as in `new Promise((resolve) => resolve(value))`.
function promiseSettledBy(analysis: Analysis, call: CallOrNew): ts.NewExpression | undefined {
  const [parameter] = analysis.references.declarationsOf(call.expression);
  if (!parameter || !ts.isParameter(parameter)) return undefined;
  const executor = parameter.parent;
  if (!ts.isArrowFunction(executor) && !ts.isFunctionExpression(executor)) return undefined;
  const { parent } = wrapped(executor);
  const isPromise = ts.isNewExpression(parent) && platformCallee(analysis, parent.expression) === 'Promise';
  return isPromise && executor.parameters[0] === parameter ? parent : undefined;
}
