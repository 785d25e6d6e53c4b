import { ts } from 'ts-morph';
import type { Analysis } from './analysis.js';
import { CallFlow } from './call-flow.js';
import { accessedName, bare, callOf, isAccess, wrapped, type LaterCode } from './syntax.js';
import { Trail, type Depth, type Follower } from './trail.js';
import { isPrimitive } from './types.js';
import { valueAt } from './uses.js';

/** An expression that a followed value has reached. */
export interface Sight {
  /** With its wrappers: parentheses, assertions, `await`. */
  readonly node: ts.Expression;
  /** The function whose call at module level the value was passed to; inside it, code runs when that call does. */
  readonly scope: LaterCode | undefined;
}

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
  const flow = new Flow(analysis, see);
  for (const start of starts) flow.reach(start, new Trail(depth));
}

/** As {@link follow}, for the value that `declaration` names. */
export function followDeclared(
  analysis: Analysis,
  declaration: ts.Node,
  depth: Depth,
  see: (sight: Sight) => boolean | void,
): void {
  new Flow(analysis, see).name(declaration, new Trail(depth));
}

class Flow implements Follower {
  readonly #analysis: Analysis;
  readonly #see: (sight: Sight) => boolean | void;
  readonly #calls: CallFlow;
  readonly #seen = new Map<ts.Node, Set<string>>();

  constructor(analysis: Analysis, see: (sight: Sight) => boolean | void) {
    this.#analysis = analysis;
    this.#see = see;
    this.#calls = new CallFlow(analysis, this);
  }

  reach(expression: ts.Expression, trail: Trail): void {
    const node = wrapped(expression);
    if (trail.isTooLong || !this.#isNew(node, trail)) return;
    if (trail.goesDeeper && !this.#canHold(node)) return;
    if (trail.isValue && this.#see({ node, scope: trail.scope }) === false) return;
    this.#climb(node, trail);
  }

  // A call of a function goes nowhere, and asking for types costs.
  #canHold(node: ts.Expression): boolean {
    return !callOf(node) && !isPrimitive(this.#analysis.checker.getTypeAtLocation(node));
  }

  /** What `declaration` names is the value, or holds it. */
  name(declaration: ts.Node, trail: Trail): void {
    if (!this.#isNew(declaration, trail)) return;
    for (const use of this.#analysis.references.usesOf(declaration)) {
      const element = use.parent;
      if (ts.isBindingElement(element) && element !== declaration && isPropertyOf(element, use)) {
        this.bind(element.name, element, trail);
      } else {
        const value = valueAt(use);
        if (value) this.reach(value, trail);
      }
    }
  }

  #isNew(node: ts.Node, { key }: Trail): boolean {
    const known = this.#seen.get(node);
    if (known?.has(key)) return false;
    if (known) known.add(key);
    else this.#seen.set(node, new Set([key]));
    return true;
  }

  #climb(node: ts.Expression, trail: Trail): void {
    const { parent } = node;
    if (ts.isVariableDeclaration(parent) || ts.isParameter(parent) || ts.isBindingElement(parent)) {
      if (parent.initializer === node) this.bind(parent.name, parent, trail);
    } else if (ts.isPropertyAssignment(parent) || ts.isShorthandPropertyAssignment(parent)) {
      this.reach(parent.parent, trail.under(parent.name.getText().replace(/^['"]|['"]$/g, '')));
    } else if (ts.isSpreadAssignment(parent)) this.reach(parent.parent, trail.copied());
    else if (ts.isArrayLiteralExpression(parent)) this.reach(parent, trail.under('*'));
    else if (ts.isSpreadElement(parent)) this.#spread(parent, trail);
    else if (ts.isConditionalExpression(parent)) {
      if (parent.condition !== node) this.reach(parent, trail);
    } else if (ts.isBinaryExpression(parent)) this.#operand(parent, node, trail);
    else if (isAccess(parent)) this.#access(parent, node, trail);
    else if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) {
      this.#calls.argument(node, parent, trail);
    } else if (ts.isReturnStatement(parent) || (ts.isArrowFunction(parent) && parent.body === node)) {
      this.#calls.result(parent, trail);
    } else if (ts.isYieldExpression(parent)) {
      this.#calls.result(parent, parent.asteriskToken ? trail : trail.under('*'));
    } else if (ts.isForOfStatement(parent)) this.#iterate(parent, node, trail);
    else if (ts.isPropertyDeclaration(parent) || ts.isExportAssignment(parent)) {
      this.name(parent, trail.in(undefined));
    }
  }

  bind(target: ts.BindingName, declaration: ts.Node, trail: Trail): void {
    if (ts.isIdentifier(target)) return this.name(declaration, trail);
    for (const element of target.elements) {
      if (!ts.isBindingElement(element)) continue;
      const inner = element.dotDotDotToken ? trail.copied() : trail.read(nameOfElement(element));
      if (inner) this.bind(element.name, element, inner);
    }
  }

  #spread(parent: ts.SpreadElement, trail: Trail): void {
    if (ts.isArrayLiteralExpression(parent.parent)) this.reach(parent.parent, trail.copied());
  }

  #operand(parent: ts.BinaryExpression, node: ts.Expression, trail: Trail): void {
    const operator = parent.operatorToken.kind;
    if (choices.has(operator) || (operator === ts.SyntaxKind.CommaToken && parent.right === node)) {
      this.reach(parent, trail);
    }
    if (stores.has(operator) && parent.right === node) {
      this.reach(parent, trail);
      this.#store(bare(parent.left), trail);
    }
  }

  /** The value is stored in what `target` names. */
  #store(target: ts.Expression, trail: Trail): void {
    if (ts.isObjectLiteralExpression(target) || ts.isArrayLiteralExpression(target)) return;
    const own = this.#ownDeclarations(nameAt(target));
    for (const declaration of own) {
      this.name(declaration, ts.isIdentifier(target) ? trail : trail.in(undefined));
    }
    if (own.length === 0 && isAccess(target)) {
      this.keep(target.expression, trail.under(accessedName(target) ?? '*'));
    }
  }

  keep(container: ts.Expression, trail: Trail): void {
    for (const declaration of this.#ownDeclarations(nameAt(bare(container)))) this.name(declaration, trail);
  }

  #ownDeclarations(name: ts.Node): ts.Node[] {
    const { references } = this.#analysis;
    return references.declarationsOf(name).filter((declaration) => references.isOwn(declaration));
  }

  #access(
    parent: ts.PropertyAccessExpression | ts.ElementAccessExpression,
    node: ts.Expression,
    trail: Trail,
  ): void {
    if (parent.expression !== node) return;
    const call = callOf(parent);
    if (call && ts.isCallExpression(call)) return this.#calls.method(parent, call, trail);
    const inner = trail.read(accessedName(parent));
    if (inner) this.reach(parent, inner);
  }

  #iterate(loop: ts.ForOfStatement, node: ts.Expression, trail: Trail): void {
    if (loop.expression !== node || !ts.isVariableDeclarationList(loop.initializer)) return;
    const inner = trail.read(undefined);
    if (!inner) return;
    for (const variable of loop.initializer.declarations) this.bind(variable.name, variable, inner);
  }
}

function nameAt(node: ts.Expression): ts.Node {
  if (ts.isPropertyAccessExpression(node)) return node.name;
  return ts.isElementAccessExpression(node) ? node.argumentExpression : node;
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
