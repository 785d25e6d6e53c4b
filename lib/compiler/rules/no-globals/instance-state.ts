import { ts } from 'ts-morph';
import type { Analysis } from '../analysis/analysis.js';
import { follow } from '../analysis/data-flow.js';
import { happensLater } from '../analysis/escape.js';
import { functionOfField } from '../analysis/functions.js';
import { mutationAt } from '../analysis/mutation.js';
import { isOfPlatform } from '../analysis/origin.js';
import { accessedName, isAccess } from '../analysis/syntax.js';
import { platformBases } from '../analysis/types.js';
import type { Stateful } from './stateful.js';

/**
 * Returns why an instance created by `node`, which nothing in the plugin uses, is state: any code that gets hold of it can call
 * the methods that change it. An instance with uses is judged by its uses.
 */
export function unusedInstanceState(analysis: Analysis, node: ts.NewExpression): Stateful | undefined {
  const type = analysis.checker.getTypeAtLocation(node);
  const name = type.symbol?.name ?? 'class';
  const classes = ownClassesOf(analysis, type);
  const holder = platformBases(analysis, type).find((base) => holders.has(base));
  if (holder !== undefined && (classes.length > 0 || holder === name)) {
    return instance(
      holder === name
        ? `an instance of ${name}, which keeps its listeners and contents`
        : `an instance of ${name}, which is made from ${holder}`,
    );
  }
  const field = fieldChangedByMethods(analysis, classes);
  return field === undefined
    ? undefined
    : instance(`an instance of ${name}, whose field \`${field}\` its methods change`);
}

function instance(what: string): Stateful {
  return { kind: 'instance', what };
}

// Classes whose own methods change them, because they emit or collect.
const holders = new Set([
  'EventEmitter',
  'EventTarget',
  'Map',
  'Set',
  'Array',
  'WeakMap',
  'WeakSet',
  'RegExp',
]);

/** Returns the plugin's own classes of a type: the class itself and those that it extends. */
export function ownClassesOf(analysis: Analysis, type: ts.Type): ts.ClassLikeDeclaration[] {
  const declared = 'target' in type ? (type.target as ts.Type) : type;
  const own = (declared.symbol?.declarations ?? [])
    .filter(ts.isClassLike)
    .filter((declaration) => !isOfPlatform(analysis, declaration) && analysis.references.isOwn(declaration));
  if (own.length === 0 || !declared.isClassOrInterface()) return own;
  return [...own, ...analysis.checker.getBaseTypes(declared).flatMap((base) => ownClassesOf(analysis, base))];
}

function fieldChangedByMethods(
  analysis: Analysis,
  classes: readonly ts.ClassLikeDeclaration[],
): string | undefined {
  const methods = classes.flatMap(({ members }) => members.filter(isMethodLike));
  const starts = methods.flatMap((method) => analysis.references.thisOf(method));
  let field: string | undefined;
  follow(analysis, starts, 'deep', ({ node }) => {
    const mutation = mutationAt(analysis, node);
    if (mutation && happensLater(analysis, mutation, undefined)) field ??= fieldOf(node);
  });
  return field;
}

function isMethodLike(member: ts.ClassElement): boolean {
  return ts.isMethodDeclaration(member) || ts.isAccessor(member) || functionOfField(member) !== undefined;
}

/** Returns the field of `this` through which an expression reads: `#names` in `this.#names.all`. */
function fieldOf(expression: ts.Expression): string {
  let node: ts.Expression = expression;
  while (isAccess(node) && node.expression.kind !== ts.SyntaxKind.ThisKeyword) node = node.expression;
  const access = isAccess(node) ? node : node.parent;
  return isAccess(access) ? (accessedName(access) ?? access.getText()) : node.getText();
}
