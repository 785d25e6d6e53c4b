import { ts } from 'ts-morph';
import type { Analysis } from '../analysis/analysis.js';
import { functionsBehind, resultsOf } from '../analysis/functions.js';
import { callsAtOnce } from '../analysis/escape.js';
import { isOfLanguage, platformCallee } from '../analysis/origin.js';
import { bare, enclosingFunction, isFunctionNode } from '../analysis/syntax.js';
import { changesOf } from './changes.js';
import { unusedInstanceState } from './instance-state.js';
import * as platform from './platform-values.js';
import type { Stateful } from './stateful.js';

/** Facts about a value besides its own expression. */
export interface Standing {
  /** Returns the type of the name that holds the value; types are expensive to compute. */
  readonly typeOf: () => ts.Type;
  /** True when the value is filled while its module is evaluated. */
  readonly isFilled: boolean;
  /** True when the value is inside another one. */
  readonly isNested: boolean;
  /** True when the value's own fields cannot be written. */
  readonly isFrozen?: boolean;
  /** True when the plugin names the value somewhere. */
  readonly isUsed: boolean;
  /** True when code reads the contents of the value: `list.length`, `for (… of list)`. */
  readonly isRead: boolean;
  /** Returns whether code elsewhere may write into the bytes of the value. */
  readonly isFilledElsewhere: () => boolean;
}

/** Returns why the value of `expression`, kept at module level, is state; `undefined` if nothing indicates that it is. */
export function statefulValue(
  analysis: Analysis,
  expression: ts.Expression,
  standing: Standing,
): Stateful | undefined {
  return new Judge(analysis).judge(expression, standing);
}

class Judge {
  readonly #analysis: Analysis;
  // A recursive result adds nothing.
  readonly #seen = new Set<ts.Node>();

  constructor(analysis: Analysis) {
    this.#analysis = analysis;
  }

  judge(expression: ts.Expression, standing: Standing): Stateful | undefined {
    const node = bare(expression);
    if (this.#seen.has(node)) return undefined;
    this.#seen.add(node);
    if (ts.isRegularExpressionLiteral(node)) return regexpState(node.text.replace(/^.*\//s, ''));
    if (ts.isArrayLiteralExpression(node) || ts.isObjectLiteralExpression(node)) {
      const isEmpty = !isConst(expression) && partCount(node) === 0;
      return isEmpty ? this.#emptyLiteral(node, standing) : this.#first(partsOf(node), standing);
    }
    if (ts.isConditionalExpression(node)) {
      return this.judge(node.whenTrue, standing) ?? this.judge(node.whenFalse, standing);
    }
    if (ts.isBinaryExpression(node)) return this.judge(node.right, standing);
    if (ts.isNewExpression(node)) return this.#made(node, standing);
    return ts.isCallExpression(node) ? this.#given(node, standing) : undefined;
  }

  /** Returns the first state inside another value. */
  #first(parts: readonly ts.Expression[], standing: Standing): Stateful | undefined {
    for (const part of parts) {
      const typeOf = (): ts.Type => this.#analysis.checker.getTypeAtLocation(part);
      const found = this.judge(part, { ...standing, typeOf, isNested: true });
      if (found) return found;
    }
    return undefined;
  }

  // `options ?? NONE` is a constant; a container that is read but never filled here is filled elsewhere.
  #emptyLiteral(node: ts.Expression, { typeOf, isFilled, isNested, isRead }: Standing): Stateful | undefined {
    if (isFilled || isNested || !isRead) return undefined;
    const type = typeOf();
    if (this.#isReadonly(type)) return undefined;
    if (ts.isArrayLiteralExpression(node)) return container('an empty array');
    // An options object with only optional properties may be empty.
    const isOptions =
      type.getProperties().length > 0 && this.#analysis.checker.getIndexInfosOfType(type).length === 0;
    return isOptions ? undefined : container('an empty object');
  }

  #isReadonly(type: ts.Type): boolean {
    const { checker } = this.#analysis;
    if (/^Readonly(Array|Map|Set)$/.test(type.symbol?.name ?? '') || checker.isTupleType(type)) return true;
    const indexes = checker.getIndexInfosOfType(type);
    return indexes.length > 0 && indexes.every((info) => info.isReadonly);
  }

  #made(node: ts.NewExpression, standing: Standing): Stateful | undefined {
    const name = platformCallee(this.#analysis, node.expression)?.replace(/^.*\./, '') ?? '';
    if (name === 'RegExp') return regexpState(this.#flagsOf(node));
    if (platform.weak.test(name)) return standing.isFilled ? undefined : container(`a ${name}`);
    if (platform.containers.test(name)) return this.#container(name, node.arguments?.[0], standing);
    if (platform.constants.test(name)) return undefined;
    return standing.isUsed || standing.isFrozen ? undefined : unusedInstanceState(this.#analysis, node);
  }

  #container(name: string, content: ts.Expression | undefined, standing: Standing): Stateful | undefined {
    if (content && !this.#isNothing(content)) return this.#first(partsOf(bare(content)), standing);
    if (standing.isFilled || this.#isReadonly(standing.typeOf())) return undefined;
    // Bytes have their size from the beginning: zeros are a value as any other.
    if (platform.bytes.test(name) && !standing.isFilledElsewhere()) return undefined;
    return container(`an empty ${name}`);
  }

  // Recognises contents that leave a container empty: `new Array(8)` and `new Uint8Array(8)` only have room.
  #isNothing(content: ts.Expression): boolean {
    const node = bare(content);
    if (ts.isArrayLiteralExpression(node)) return node.elements.length === 0;
    return (this.#analysis.checker.getTypeAtLocation(node).flags & ts.TypeFlags.NumberLike) !== 0;
  }

  #flagsOf(node: ts.NewExpression | ts.CallExpression): string {
    const flags = node.arguments?.[1];
    const type = flags && this.#analysis.checker.getTypeAtLocation(flags);
    return type?.isStringLiteral() ? type.value : '';
  }

  #given(node: ts.CallExpression, standing: Standing): Stateful | undefined {
    const callee = platformCallee(this.#analysis, node.expression) ?? '';
    const [content] = node.arguments;
    // Freezing is shallow: nested objects and the entries of a Map can still change.
    if (platform.freezers.test(callee)) {
      return content && this.judge(content, { ...standing, isNested: true, isFrozen: true });
    }
    if (callee === 'RegExp') return regexpState(this.#flagsOf(node));
    if (this.#isIterator(node))
      return { kind: 'iterator', what: 'an iterator, which remembers how far it is' };
    if (platform.emptyMakers.test(callee) && !standing.isFilled && this.#makesEmpty(callee, node)) {
      const isConstant = platform.byteMakers.test(callee) && !standing.isFilledElsewhere();
      return isConstant ? undefined : container('an empty container');
    }
    for (const [index, argument] of node.arguments.entries()) {
      const visitor = bare(argument);
      if (!callee || !isFunctionNode(visitor) || !callsAtOnce(this.#analysis, node, index)) continue;
      const found = this.#first(resultsOf(visitor), standing);
      if (found) return found;
    }
    return this.#fromOwn(node, standing);
  }

  #makesEmpty(callee: string, node: ts.CallExpression): boolean {
    const [content] = node.arguments;
    if (callee === 'ObjectConstructor.create') return node.arguments.length < 2;
    return !content || (this.#isNothing(content) && content.getText() !== '0');
  }

  #isIterator(node: ts.Expression): boolean {
    const { symbol } = this.#analysis.checker.getTypeAtLocation(node);
    const declaration = symbol?.declarations?.[0];
    return (
      declaration !== undefined &&
      isOfLanguage(this.#analysis, declaration) &&
      platform.iterators.test(symbol.name)
    );
  }

  // A value that the plugin's own function makes and returns counts as made here.
  #fromOwn(node: ts.CallExpression, standing: Standing): Stateful | undefined {
    for (const fn of functionsBehind(this.#analysis, node.expression)) {
      for (const result of resultsOf(fn)) {
        const found = this.#result(bare(result), standing);
        if (found) return found;
      }
    }
    return undefined;
  }

  #result(result: ts.Expression, standing: Standing): Stateful | undefined {
    if (!ts.isIdentifier(result)) return this.judge(result, standing);
    const [variable] = this.#analysis.references.declarationsOf(result);
    if (!variable || !ts.isVariableDeclaration(variable) || !variable.initializer) return undefined;
    const scope = enclosingFunction(variable);
    if (!scope) return undefined;
    const isFilled = standing.isFilled || changesOf(this.#analysis, variable, scope).isFilled;
    return this.judge(variable.initializer, { ...standing, isFilled });
  }
}

function container(what: string): Stateful {
  return { kind: 'container', what };
}

function regexpState(flags: string): Stateful | undefined {
  const flag = /[gy]/.exec(flags)?.[0];
  return flag === undefined
    ? undefined
    : {
        kind: 'regexp',
        what: `a regular expression with the flag \`${flag}\`, which remembers \`lastIndex\``,
        isSticky: flags.includes('y'),
      };
}

function isConst(expression: ts.Expression): boolean {
  let node = expression;
  while (ts.isParenthesizedExpression(node) || ts.isSatisfiesExpression(node)) node = node.expression;
  return ts.isAsExpression(node) && ts.isConstTypeReference(node.type);
}

function partCount(node: ts.ArrayLiteralExpression | ts.ObjectLiteralExpression): number {
  return ts.isArrayLiteralExpression(node) ? node.elements.length : node.properties.length;
}

function partsOf(node: ts.Expression): ts.Expression[] {
  if (ts.isArrayLiteralExpression(node)) return [...node.elements];
  if (!ts.isObjectLiteralExpression(node)) return [];
  return node.properties.flatMap((member) => (ts.isPropertyAssignment(member) ? [member.initializer] : []));
}
