import { ts } from 'ts-morph';
import type { Analysis } from '../analysis/analysis.js';
import { functionsBehind, resultsOf } from '../analysis/functions.js';
import { callsAtOnce } from '../analysis/moment.js';
import { isOfLanguage, platformCallee } from '../analysis/origin.js';
import { bare, enclosingFunction, isFunctionNode } from '../analysis/syntax.js';
import { changesOf } from './changes.js';
import { instanceState } from './instance-state.js';
import type { Stateful } from './stateful.js';

/** Where a value stands: what is known of it besides its own expression. */
export interface Standing {
  /** Of the name that holds it. */
  readonly type: ts.Type;
  /** Something is put in while its module is evaluated. */
  readonly isFilled: boolean;
  /** It is inside another value. */
  readonly isNested: boolean;
}

/** Why the value of `expression`, kept at module level, is state; `undefined` when nothing says it is. */
export function statefulValue(
  analysis: Analysis,
  expression: ts.Expression,
  standing: Standing,
): Stateful | undefined {
  const node = bare(expression);
  const inside = (part: ts.Expression): Stateful | undefined =>
    statefulValue(analysis, part, {
      type: analysis.checker.getTypeAtLocation(part),
      isFilled: standing.isFilled,
      isNested: true,
    });
  const first = (parts: readonly ts.Expression[]): Stateful | undefined => {
    for (const part of parts) {
      const found = inside(part);
      if (found) return found;
    }
    return undefined;
  };

  if (isConst(expression)) return first(partsOf(node));
  if (ts.isRegularExpressionLiteral(node))
    return regexpState(node.text.slice(node.text.lastIndexOf('/') + 1));
  if (ts.isArrayLiteralExpression(node) || ts.isObjectLiteralExpression(node)) {
    return (
      (isEmptyLiteral(node) ? emptyLiteral(analysis, node, standing) : undefined) ?? first(partsOf(node))
    );
  }
  if (ts.isConditionalExpression(node)) {
    return (
      statefulValue(analysis, node.whenTrue, standing) ?? statefulValue(analysis, node.whenFalse, standing)
    );
  }
  if (ts.isBinaryExpression(node)) return statefulValue(analysis, node.right, standing);
  if (ts.isNewExpression(node)) return made(analysis, node, standing, first);
  if (ts.isCallExpression(node)) return given(analysis, node, standing, inside, first);
  return undefined;
}

function isConst(expression: ts.Expression): boolean {
  let node = expression;
  while (ts.isParenthesizedExpression(node) || ts.isSatisfiesExpression(node)) node = node.expression;
  return ts.isAsExpression(node) && ts.isConstTypeReference(node.type);
}

function partsOf(node: ts.Expression): ts.Expression[] {
  if (ts.isArrayLiteralExpression(node)) return [...node.elements];
  if (!ts.isObjectLiteralExpression(node)) return [];
  return node.properties.flatMap((member) => (ts.isPropertyAssignment(member) ? [member.initializer] : []));
}

function isEmptyLiteral(node: ts.ArrayLiteralExpression | ts.ObjectLiteralExpression): boolean {
  return ts.isArrayLiteralExpression(node) ? node.elements.length === 0 : node.properties.length === 0;
}

function regexpState(flags: string): Stateful | undefined {
  const flag = /[gy]/.exec(flags)?.[0];
  return flag === undefined
    ? undefined
    : {
        kind: 'regexp',
        what: `a regular expression with the flag \`${flag}\`, which remembers \`lastIndex\``,
      };
}

function emptyLiteral(
  analysis: Analysis,
  node: ts.Expression,
  { type, isFilled, isNested }: Standing,
): Stateful | undefined {
  if (isFilled || isNested || isReadonlyContainer(analysis, type)) return undefined;
  if (ts.isArrayLiteralExpression(node)) return { kind: 'container', what: 'an empty array' };
  // An options object of which every part is optional may well be empty.
  const isOptions =
    type.getProperties().length > 0 && analysis.checker.getIndexInfosOfType(type).length === 0;
  return isOptions ? undefined : { kind: 'container', what: 'an empty object' };
}

function isReadonlyContainer(analysis: Analysis, type: ts.Type): boolean {
  const name = type.symbol?.name ?? '';
  if (/^Readonly(Array|Map|Set)$/.test(name)) return true;
  if (analysis.checker.isTupleType(type)) return true;
  const indexes = analysis.checker.getIndexInfosOfType(type);
  return indexes.length > 0 && indexes.every((info) => info.isReadonly);
}

type First = (parts: readonly ts.Expression[]) => Stateful | undefined;

function made(
  analysis: Analysis,
  node: ts.NewExpression,
  standing: Standing,
  first: First,
): Stateful | undefined {
  const name = platformCallee(analysis, node.expression)?.replace(/^.*\./, '');
  if (name === undefined) return ofInstance(analysis, node);
  if (name === 'RegExp') return regexpState(flagsOf(analysis, node));
  const argument = node.arguments?.[0];
  if (alwaysState.test(name)) return { kind: 'container', what: `a ${name}` };
  if (containers.test(name)) {
    const isEmpty = !argument || isEmptyArgument(analysis, argument);
    if (!isEmpty) return first(partsOf(bare(argument)));
    return standing.isFilled || isReadonlyContainer(analysis, standing.type)
      ? undefined
      : { kind: 'container', what: `an empty ${name}` };
  }
  return constants.test(name) ? undefined : ofInstance(analysis, node);
}

function ofInstance(analysis: Analysis, node: ts.NewExpression): Stateful | undefined {
  return instanceState(analysis, node, (initializer, type, isFilled) =>
    statefulValue(analysis, initializer, { type, isFilled, isNested: false }),
  );
}

// `new Array(8)` and `new Uint8Array(8)` have room to be filled.
function isEmptyArgument(analysis: Analysis, argument: ts.Expression): boolean {
  const node = bare(argument);
  if (ts.isArrayLiteralExpression(node)) return node.elements.length === 0;
  return (analysis.checker.getTypeAtLocation(node).flags & ts.TypeFlags.NumberLike) !== 0;
}

function flagsOf(analysis: Analysis, node: ts.NewExpression | ts.CallExpression): string {
  const flags = node.arguments?.[1];
  const type = flags && analysis.checker.getTypeAtLocation(flags);
  return type?.isStringLiteral() ? type.value : '';
}

function given(
  analysis: Analysis,
  node: ts.CallExpression,
  standing: Standing,
  inside: (part: ts.Expression) => Stateful | undefined,
  first: First,
): Stateful | undefined {
  const callee = platformCallee(analysis, node.expression);
  const argument = node.arguments[0];
  if (callee !== undefined && /^ObjectConstructor\.(freeze|seal|preventExtensions)$/.test(callee)) {
    return argument && inside(argument);
  }
  if (callee === 'RegExp') return regexpState(flagsOf(analysis, node));
  if (isIterator(analysis, analysis.checker.getTypeAtLocation(node))) {
    return { kind: 'iterator', what: 'an iterator, which remembers how far it is' };
  }
  if (callee !== undefined && makesEmpty.test(callee) && !standing.isFilled) {
    const isEmpty =
      callee === 'ObjectConstructor.create'
        ? node.arguments.length < 2
        : argument && isEmptyArgument(analysis, argument);
    if (isEmpty && argument?.getText() !== '0') return { kind: 'container', what: 'an empty container' };
  }
  for (const [index, part] of node.arguments.entries()) {
    const callback = bare(part);
    const isVisitor = callee !== undefined && isFunctionNode(callback) && callsAtOnce(analysis, node, index);
    const found = isVisitor ? first(resultsOf(callback)) : undefined;
    if (found) return found;
  }
  return fromOwn(analysis, node, standing);
}

// What an own function makes and gives is as good as made here.
function fromOwn(analysis: Analysis, node: ts.CallExpression, standing: Standing): Stateful | undefined {
  for (const fn of functionsBehind(analysis, node.expression)) {
    for (const result of resultsOf(fn)) {
      const found = givenBy(analysis, bare(result), standing);
      if (found) return found;
    }
  }
  return undefined;
}

function givenBy(analysis: Analysis, result: ts.Expression, standing: Standing): Stateful | undefined {
  if (!ts.isIdentifier(result)) return statefulValue(analysis, result, standing);
  const [variable] = analysis.references.declarationsOf(result);
  if (!variable || !ts.isVariableDeclaration(variable) || !variable.initializer) return undefined;
  const scope = enclosingFunction(variable);
  if (!scope) return undefined;
  const isFilled = standing.isFilled || changesOf(analysis, variable, scope).isFilled;
  return statefulValue(analysis, variable.initializer, { ...standing, isFilled });
}

function isIterator(analysis: Analysis, type: ts.Type): boolean {
  const declaration = type.symbol?.declarations?.[0];
  return declaration !== undefined && isOfLanguage(analysis, declaration) && iterators.test(type.symbol.name);
}

const iterators = /(^|Async|Iterable|Array|Map|Set|String)(Generator|Iterator|IteratorObject)$/;
const containers =
  /^(Map|Set|Array|\w+Array|URLSearchParams|FormData|Headers|Object|ArrayBuffer|SharedArrayBuffer)$/;
const alwaysState = /^(WeakMap|WeakSet|WeakRef|FinalizationRegistry)$/;
const makesEmpty =
  /^(ObjectConstructor\.create|ArrayConstructor|Array|(buffer\.)?BufferConstructor\.(alloc|allocUnsafe|allocUnsafeSlow))$/;
// What has no fields to write, or is only changed on purpose, which is seen where it happens.
const constants =
  /^(Date|\w*Error|URL|URLPattern|Promise|Proxy|AsyncLocalStorage|AbortController|TextEncoder|TextDecoder|Intl|\w+Format|Collator|PluralRules|Segmenter|Locale|DisplayNames|String|Number|Boolean|DataView|Blob|File|Buffer|Module|Function|DOMException)$/;
