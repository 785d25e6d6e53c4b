import { ts } from 'ts-morph';
import type { Analysis } from './analysis.js';
import { argumentGoes, giftsOf } from './collections.js';
import { functionAround, functionsBehind, nameOfFunction } from './functions.js';
import { outlives, runsLater } from './moment.js';
import { valueAt, valueUses } from './uses.js';
import { platformCallee } from './origin.js';
import {
  accessedName,
  bare,
  callOf,
  isAccess,
  wrapped,
  type FunctionNode,
  type LaterCode,
} from './syntax.js';
import { isPrimitive } from './types.js';

/** An expression that a followed value has reached. */
export interface Sight {
  /** With its wrappers: parentheses, assertions, `await`. */
  readonly node: ts.Expression;
  /** The function whose call at module level the value was passed to; inside it, code runs when that call does. */
  readonly scope: LaterCode | undefined;
}

/** What is inside the followed value is followed too (`deep`), or only the value itself. */
export type Depth = 'deep' | 'itself';

/** Property names that lead from what an expression holds to the followed value; `*` is any. */
type Path = readonly string[];

/**
 * Follows a value from expressions that give it to wherever it goes in the plugin: variables, patterns, properties,
 * parameters, results, containers. Calls `see` for each expression that is the value; `false` stops there.
 */
export function follow(
  analysis: Analysis,
  starts: Iterable<ts.Expression>,
  depth: Depth,
  see: (sight: Sight) => boolean | void,
): void {
  const flow = new Flow(analysis, depth, see);
  for (const start of starts) flow.reach(start, [], undefined);
}

/** As {@link follow}, for the value that `declaration` names. */
export function followDeclared(
  analysis: Analysis,
  declaration: ts.Node,
  depth: Depth,
  see: (sight: Sight) => boolean | void,
): void {
  const flow = new Flow(analysis, depth, see);
  flow.name(declaration, [], undefined);
}

/** Whether what happens at `node`, where a value was seen, happens after the module has been evaluated. */
export function happensLater(analysis: Analysis, node: ts.Node, scope: LaterCode | undefined): boolean {
  const isInScope =
    scope && node.pos >= scope.pos && node.end <= scope.end && node.getSourceFile() === scope.getSourceFile();
  return isInScope ? outlives(analysis, node, scope) : runsLater(analysis, node);
}

class Flow {
  readonly #analysis: Analysis;
  readonly #depth: Depth;
  readonly #see: (sight: Sight) => boolean | void;
  readonly #seen = new Map<ts.Node, Set<string>>();

  constructor(analysis: Analysis, depth: Depth, see: (sight: Sight) => boolean | void) {
    this.#analysis = analysis;
    this.#depth = depth;
    this.#see = see;
  }

  /** The value, or what holds it at `path`, is the value of `expression`. */
  reach(expression: ts.Expression, path: Path, scope: LaterCode | undefined): void {
    const node = wrapped(expression);
    if (path.length > 4 || !this.#isNew(node, path, scope)) return;
    if (this.#depth === 'deep' && !this.#canHold(node)) return;
    if (path.length === 0 && this.#see({ node, scope }) === false) return;
    this.#climb(node, path, scope);
  }

  // A call of a function goes nowhere, and asking for types costs.
  #canHold(node: ts.Expression): boolean {
    return !callOf(node) && !isPrimitive(this.#analysis.checker.getTypeAtLocation(node));
  }

  /** What `declaration` names holds the value. */
  name(declaration: ts.Node, path: Path, scope: LaterCode | undefined): void {
    if (!this.#isNew(declaration, path, scope)) return;
    for (const use of this.#analysis.references.usesOf(declaration)) {
      const element = use.parent;
      if (ts.isBindingElement(element) && element !== declaration && isPropertyOf(element, use)) {
        this.#bind(element.name, element, path, scope);
      } else {
        const value = valueAt(use);
        if (value) this.reach(value, path, scope);
      }
    }
  }

  #isNew(node: ts.Node, path: Path, scope: LaterCode | undefined): boolean {
    const key = `${path.join('.')}@${scope ? scope.pos : ''}`;
    const known = this.#seen.get(node);
    if (known?.has(key)) return false;
    if (known) known.add(key);
    else this.#seen.set(node, new Set([key]));
    return true;
  }

  #climb(node: ts.Expression, path: Path, scope: LaterCode | undefined): void {
    const { parent } = node;
    if (ts.isVariableDeclaration(parent) || ts.isParameter(parent) || ts.isBindingElement(parent)) {
      if (parent.initializer === node) this.#bind(parent.name, parent, path, scope);
    } else if (ts.isPropertyAssignment(parent) || ts.isShorthandPropertyAssignment(parent)) {
      this.reach(parent.parent, [parent.name.getText().replace(/^['"]|['"]$/g, ''), ...path], scope);
    } else if (ts.isSpreadAssignment(parent)) this.reach(parent.parent, this.#copied(path), scope);
    else if (ts.isArrayLiteralExpression(parent)) this.reach(parent, ['*', ...path], scope);
    else if (ts.isSpreadElement(parent)) this.#spread(parent, path, scope);
    else if (ts.isConditionalExpression(parent)) {
      if (parent.condition !== node) this.reach(parent, path, scope);
    } else if (ts.isBinaryExpression(parent)) this.#operand(parent, node, path, scope);
    else if (isAccess(parent)) this.#access(parent, node, path, scope);
    else if (ts.isCallExpression(parent) || ts.isNewExpression(parent))
      this.#argument(parent, node, path, scope);
    else if (ts.isReturnStatement(parent) || (ts.isArrowFunction(parent) && parent.body === node))
      this.#result(parent, path);
    else if (ts.isYieldExpression(parent)) this.#result(parent, parent.asteriskToken ? path : ['*', ...path]);
    else if (ts.isForOfStatement(parent)) this.#iterate(parent, node, path, scope);
    else if (ts.isPropertyDeclaration(parent) || ts.isExportAssignment(parent))
      this.name(parent, path, undefined);
  }

  #bind(target: ts.BindingName, declaration: ts.Node, path: Path, scope: LaterCode | undefined): void {
    if (ts.isIdentifier(target)) this.name(declaration, path, scope);
    else
      for (const element of target.elements)
        if (ts.isBindingElement(element)) this.#bindElement(element, path, scope);
  }

  /** The pattern around `element` is given what holds the value. */
  #bindElement(element: ts.BindingElement, path: Path, scope: LaterCode | undefined): void {
    const inner = element.dotDotDotToken ? this.#copied(path) : this.#step(path, nameOfElement(element));
    if (inner) this.#bind(element.name, element, inner, scope);
  }

  /** What is left of `path` once `name` is read; `undefined` when that leads away from the value. */
  #step(path: Path, name: string | undefined): Path | undefined {
    const [first, ...rest] = path;
    if (first === undefined) return this.#depth === 'deep' ? [] : undefined;
    return first === '*' || name === undefined || first === name ? rest : undefined;
  }

  // A shallow copy holds the same things as the original.
  #copied(path: Path): Path {
    return path.length === 0 && this.#depth === 'deep' ? ['*'] : path;
  }

  #spread(parent: ts.SpreadElement, path: Path, scope: LaterCode | undefined): void {
    if (ts.isArrayLiteralExpression(parent.parent)) this.reach(parent.parent, this.#copied(path), scope);
  }

  #operand(parent: ts.BinaryExpression, node: ts.Expression, path: Path, scope: LaterCode | undefined): void {
    const operator = parent.operatorToken.kind;
    if (choices.has(operator) || (operator === ts.SyntaxKind.CommaToken && parent.right === node)) {
      this.reach(parent, path, scope);
    }
    if (stores.has(operator) && parent.right === node) {
      this.reach(parent, path, scope);
      this.#store(bare(parent.left), path, scope);
    }
  }

  /** The value is stored in what `target` names. */
  #store(target: ts.Expression, path: Path, scope: LaterCode | undefined): void {
    if (ts.isObjectLiteralExpression(target) || ts.isArrayLiteralExpression(target)) return;
    const name = ts.isPropertyAccessExpression(target)
      ? target.name
      : ts.isElementAccessExpression(target)
        ? target.argumentExpression
        : target;
    const own = this.#analysis.references
      .declarationsOf(name)
      .filter((declaration) => this.#analysis.references.isOwn(declaration));
    for (const declaration of own) this.name(declaration, path, ts.isIdentifier(target) ? scope : undefined);
    if (own.length === 0 && isAccess(target))
      this.#keep(target.expression, [accessedName(target) ?? '*', ...path], scope);
  }

  /** What `container` names now holds the value at `path`. */
  #keep(container: ts.Expression, path: Path, scope: LaterCode | undefined): void {
    const holder = bare(container);
    const name = ts.isPropertyAccessExpression(holder) ? holder.name : holder;
    for (const declaration of this.#analysis.references.declarationsOf(name)) {
      if (this.#analysis.references.isOwn(declaration)) this.name(declaration, path, scope);
    }
  }

  #access(
    parent: ts.PropertyAccessExpression | ts.ElementAccessExpression,
    node: ts.Expression,
    path: Path,
    scope: LaterCode | undefined,
  ): void {
    if (parent.expression !== node) return;
    const call = callOf(parent);
    if (call && ts.isCallExpression(call)) return this.#method(parent, call, path, scope);
    const inner = this.#step(path, accessedName(parent));
    if (inner) this.reach(parent, inner, scope);
  }

  #method(
    callee: ts.PropertyAccessExpression | ts.ElementAccessExpression,
    call: ts.CallExpression,
    path: Path,
    scope: LaterCode | undefined,
  ): void {
    if (accessedName(callee) === 'bind' && path.length === 0) return this.reach(call, path, scope);
    const gifts = giftsOf(platformCallee(this.#analysis, callee) ?? '');
    if (gifts.length === 0) return this.#ownMethod(callee, path, scope);
    if (path.length === 0 && this.#depth === 'itself') return;
    const member = this.#step(path, undefined) ?? [];
    if (gifts.includes('itself')) this.reach(call, path, scope);
    if (gifts.includes('member')) this.reach(call, member, scope);
    if (gifts.includes('copy')) this.reach(call, this.#copied(path), scope);
    if (gifts.includes('each')) this.#visit(callee, call, member, scope);
  }

  // A method that an object of the plugin holds: `{ cache: () => cache }` gives it when called.
  #ownMethod(
    callee: ts.PropertyAccessExpression | ts.ElementAccessExpression,
    path: Path,
    scope: LaterCode | undefined,
  ): void {
    const inner = path.length > 0 ? this.#step(path, accessedName(callee)) : undefined;
    if (inner) this.reach(callee, inner, scope);
  }

  #visit(
    callee: ts.PropertyAccessExpression | ts.ElementAccessExpression,
    call: ts.CallExpression,
    path: Path,
    scope: LaterCode | undefined,
  ): void {
    const index = accessedName(callee)?.startsWith('reduce') ? 1 : 0;
    for (const argument of call.arguments) {
      for (const target of functionsBehind(this.#analysis, argument)) {
        this.#pass(target, index, path, call, scope);
      }
    }
  }

  #argument(
    call: ts.CallExpression | ts.NewExpression,
    node: ts.Expression,
    path: Path,
    scope: LaterCode | undefined,
  ): void {
    const index = call.arguments?.indexOf(node) ?? -1;
    if (index < 0) return;
    for (const target of functionsBehind(this.#analysis, call.expression))
      this.#pass(target, index, path, call, scope);
    const settled = index === 0 ? promiseSettledBy(this.#analysis, call) : undefined;
    if (settled) this.reach(settled, path, undefined);
    const goes = argumentGoes(platformCallee(this.#analysis, call.expression) ?? '', index);
    if (goes === 'through') this.reach(call, path, scope);
    else if (goes === 'copied') this.reach(call, this.#copied(path), scope);
    else if (goes === 'stored' && isAccess(call.expression)) {
      this.#keep(call.expression.expression, ['*', ...path], scope);
    }
  }

  #pass(
    target: FunctionNode,
    index: number,
    path: Path,
    call: ts.CallExpression | ts.NewExpression,
    scope: LaterCode | undefined,
  ): void {
    const parameter = target.parameters[index] ?? target.parameters.at(-1);
    if (!parameter || (index >= target.parameters.length && !parameter.dotDotDotToken)) return;
    const inner = happensLater(this.#analysis, call, scope) ? undefined : target;
    this.#bind(parameter.name, parameter, parameter.dotDotDotToken ? ['*', ...path] : path, inner);
  }

  /** A function gives what holds the value. */
  #result(from: ts.Node, path: Path): void {
    const fn = ts.isArrowFunction(from) ? from : functionAround(from);
    if (!fn) return;
    const name = nameOfFunction(fn);
    if (!name) {
      const call = ts.isExpression(fn) ? callOf(fn) : undefined;
      if (call) this.reach(call, path, undefined);
      return;
    }
    for (const use of valueUses(this.#analysis, name)) {
      const result = ts.isGetAccessor(fn) ? use : callOf(use);
      if (result) this.reach(result, path, undefined);
    }
  }

  #iterate(loop: ts.ForOfStatement, node: ts.Expression, path: Path, scope: LaterCode | undefined): void {
    if (loop.expression !== node || !ts.isVariableDeclarationList(loop.initializer)) return;
    const inner = this.#step(path, undefined);
    if (!inner) return;
    for (const variable of loop.initializer.declarations) this.#bind(variable.name, variable, inner, scope);
  }
}

// `new Promise((resolve) => resolve(value))`
function promiseSettledBy(
  analysis: Analysis,
  call: ts.CallExpression | ts.NewExpression,
): ts.NewExpression | undefined {
  const [parameter] = analysis.references.declarationsOf(call.expression);
  if (!parameter || !ts.isParameter(parameter) || parameter.parent.parameters[0] !== parameter)
    return undefined;
  const executor = parameter.parent;
  if (!ts.isArrowFunction(executor) && !ts.isFunctionExpression(executor)) return undefined;
  const { parent } = wrapped(executor);
  return ts.isNewExpression(parent) && platformCallee(analysis, parent.expression) === 'Promise'
    ? parent
    : undefined;
}

function isPropertyOf(element: ts.BindingElement, use: ts.Node): boolean {
  return element.propertyName === use || (!element.propertyName && element.name === use);
}

function nameOfElement(element: ts.BindingElement): string | undefined {
  if (ts.isArrayBindingPattern(element.parent)) return undefined;
  const name = element.propertyName ?? element.name;
  return 'text' in name ? name.text : undefined;
}

const choices = new Set([
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.QuestionQuestionToken,
  ts.SyntaxKind.AmpersandAmpersandToken,
]);
const stores = new Set([
  ts.SyntaxKind.EqualsToken,
  ts.SyntaxKind.BarBarEqualsToken,
  ts.SyntaxKind.QuestionQuestionEqualsToken,
  ts.SyntaxKind.AmpersandAmpersandEqualsToken,
]);
