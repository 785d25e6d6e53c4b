import { ts } from 'ts-morph';
import type { Analysis } from './analysis.js';
import { CallFlow } from './call-flow.js';
import {
  accessedName,
  bare,
  callOf,
  isAccess,
  memberNameOf,
  namesIn,
  wrapped,
  type LaterCode,
} from './syntax.js';
import { AccessPath, anyStep, type Depth, type Follower } from './access-path.js';
import { hasNoParts } from './types.js';
import { valueAt } from './uses.js';

/** An expression that a followed value has reached. */
export interface Sight {
  /** The expression with its wrappers: parentheses, assertions, `await`. */
  readonly node: ts.Expression;
  /** The function whose call at module level the value was passed to; inside it, code runs when that call does. */
  readonly scope: LaterCode | undefined;
}

/**
 * Follows a value from its source expressions to everywhere in the plugin: variables, patterns, properties, parameters, results,
 * containers. Calls `see` for each expression that is the value; the result `false` stops there.
 */
export function follow(
  analysis: Analysis,
  starts: Iterable<ts.Expression>,
  depth: Depth,
  see: (sight: Sight) => boolean | void,
): void {
  const flow = new DataFlow(analysis, see);
  for (const start of starts) flow.reach(start, new AccessPath(depth));
}

/** Works like {@link follow}, for `this` in code that runs during a call of `scope`. */
export function followWithin(
  analysis: Analysis,
  starts: Iterable<ts.Expression>,
  scope: LaterCode,
  see: (sight: Sight) => boolean | void,
): void {
  const flow = new DataFlow(analysis, see);
  for (const start of starts) flow.reach(start, new AccessPath('deep', [], scope));
}

/** Works like {@link follow}, for the value of a declaration. */
export function followDeclared(
  analysis: Analysis,
  declaration: ts.Node,
  depth: Depth,
  see: (sight: Sight) => boolean | void,
): void {
  new DataFlow(analysis, see).name(declaration, new AccessPath(depth));
}

class DataFlow implements Follower {
  readonly #analysis: Analysis;
  readonly #see: (sight: Sight) => boolean | void;
  readonly #calls: CallFlow;
  readonly #seen = new Map<ts.Node, Set<string>>();

  constructor(analysis: Analysis, see: (sight: Sight) => boolean | void) {
    this.#analysis = analysis;
    this.#see = see;
    this.#calls = new CallFlow(analysis, this);
  }

  reach(expression: ts.Expression, path: AccessPath): void {
    const node = wrapped(expression);
    if (path.isTooLong || !this.#isNew(node, path)) return;
    if (path.goesDeeper && !this.#canHold(node)) return;
    if (path.isValue && this.#see({ node, scope: path.scope }) === false) return;
    this.#climb(node, path);
  }

  // Types are expensive to compute, and a called function is not passed on.
  #canHold(node: ts.Expression): boolean {
    return !callOf(node) && !hasNoParts(this.#analysis, node);
  }

  /** Notes that `declaration` names the value or its holder. */
  name(declaration: ts.Node, path: AccessPath): void {
    if (!this.#isNew(declaration, path)) return;
    for (const use of this.#analysis.references.usesOf(declaration)) {
      const element = use.parent;
      if (ts.isBindingElement(element) && element !== declaration && isPropertyOf(element, use)) {
        this.bind(element.name, element, path);
      } else {
        const value = valueAt(use);
        if (value) this.reach(value, path);
      }
    }
  }

  #isNew(node: ts.Node, { key }: AccessPath): boolean {
    const known = this.#seen.get(node);
    if (known?.has(key)) return false;
    if (known) known.add(key);
    else this.#seen.set(node, new Set([key]));
    return true;
  }

  #climb(node: ts.Expression, path: AccessPath): void {
    const { parent } = node;
    if (ts.isVariableDeclaration(parent) || ts.isParameter(parent) || ts.isBindingElement(parent)) {
      if (parent.initializer === node) this.bind(parent.name, parent, path);
    } else if (ts.isPropertyAssignment(parent) || ts.isShorthandPropertyAssignment(parent)) {
      this.reach(parent.parent, path.under(parent.name.getText().replace(/^['"]|['"]$/g, '')));
    } else if (ts.isSpreadAssignment(parent)) this.#spreadProperties(parent, path);
    else if (ts.isArrayLiteralExpression(parent)) this.reach(parent, path.under(anyStep));
    else if (ts.isSpreadElement(parent)) this.#spread(parent, path);
    else if (ts.isConditionalExpression(parent)) {
      if (parent.condition !== node) this.reach(parent, path);
    } else if (ts.isBinaryExpression(parent)) this.#operand(parent, node, path);
    else if (isAccess(parent)) this.#access(parent, node, path);
    else if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) {
      this.#calls.argument(node, parent, path);
    } else if (ts.isReturnStatement(parent) || (ts.isArrowFunction(parent) && parent.body === node)) {
      this.#calls.result(parent, path);
    } else if (ts.isYieldExpression(parent)) {
      this.#calls.result(parent, parent.asteriskToken ? path : path.under(anyStep));
    } else if (ts.isForOfStatement(parent)) this.#iterate(parent, node, path);
    else if (ts.isPropertyDeclaration(parent) || ts.isExportAssignment(parent)) {
      this.name(parent, path.in(undefined));
    }
  }

  bind(target: ts.BindingName, declaration: ts.Node, path: AccessPath): void {
    if (ts.isIdentifier(target)) return this.name(declaration, path);
    for (const element of target.elements) {
      if (!ts.isBindingElement(element)) continue;
      if (path.isValue && path.goesDeeper) this.#calls.taken(element, path);
      const inner = element.dotDotDotToken
        ? path.copied(namesBound(target))
        : path.read(nameOfElement(element));
      if (inner) this.bind(element.name, element, inner);
    }
  }

  #spread(parent: ts.SpreadElement, path: AccessPath): void {
    const copy = path.copied();
    if (copy && ts.isArrayLiteralExpression(parent.parent)) this.reach(parent.parent, copy);
  }

  // `{ ...defaults, tags: [] }`: later properties replace copied ones.
  #spreadProperties(spread: ts.SpreadAssignment, path: AccessPath): void {
    const { properties } = spread.parent;
    const copy = path.copied(new Set(namesIn(properties.slice(properties.indexOf(spread) + 1))));
    if (copy) this.reach(spread.parent, copy);
  }

  #operand(parent: ts.BinaryExpression, node: ts.Expression, path: AccessPath): void {
    const operator = parent.operatorToken.kind;
    if (choices.has(operator) || (operator === ts.SyntaxKind.CommaToken && parent.right === node)) {
      this.reach(parent, path);
    }
    if (stores.has(operator) && parent.right === node) {
      this.reach(parent, path);
      this.#store(bare(parent.left), path);
    }
  }

  /** Handles the storing of the value in the variable or property `target`. */
  #store(target: ts.Expression, path: AccessPath): void {
    if (ts.isObjectLiteralExpression(target) || ts.isArrayLiteralExpression(target)) return;
    const own = this.#ownDeclarations(memberNameOf(target));
    for (const declaration of own) {
      this.name(declaration, ts.isIdentifier(target) ? path : path.in(undefined));
    }
    if (own.length === 0 && isAccess(target)) {
      this.keep(target.expression, path.under(accessedName(target) ?? anyStep));
    }
  }

  keep(container: ts.Expression, path: AccessPath): void {
    for (const declaration of this.#ownDeclarations(memberNameOf(bare(container))))
      this.name(declaration, path);
  }

  #ownDeclarations(name: ts.Node): ts.Node[] {
    const { references } = this.#analysis;
    return references.declarationsOf(name).filter((declaration) => references.isOwn(declaration));
  }

  #access(
    parent: ts.PropertyAccessExpression | ts.ElementAccessExpression,
    node: ts.Expression,
    path: AccessPath,
  ): void {
    if (parent.expression !== node) return;
    const call = callOf(parent);
    if (call && ts.isCallExpression(call)) return this.#calls.method(parent, call, path);
    if (path.isValue && path.goesDeeper) this.#calls.member(parent, path);
    const inner = path.read(accessedName(parent));
    if (inner) this.reach(parent, inner);
  }

  #iterate(loop: ts.ForOfStatement, node: ts.Expression, path: AccessPath): void {
    if (loop.expression !== node || !ts.isVariableDeclarationList(loop.initializer)) return;
    const inner = path.read(undefined);
    if (!inner) return;
    for (const variable of loop.initializer.declarations) this.bind(variable.name, variable, inner);
  }
}

function isPropertyOf(element: ts.BindingElement, use: ts.Node): boolean {
  return element.propertyName === use || (!element.propertyName && element.name === use);
}

function namesBound(pattern: ts.BindingPattern): ReadonlySet<string> {
  if (ts.isArrayBindingPattern(pattern)) return new Set();
  return new Set(pattern.elements.flatMap((element) => nameOfElement(element) ?? []));
}

function nameOfElement(element: ts.BindingElement): string | undefined {
  const { parent } = element;
  if (ts.isArrayBindingPattern(parent)) return String(parent.elements.indexOf(element));
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
