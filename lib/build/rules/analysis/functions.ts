import { ts } from 'ts-morph';
import type { Analysis } from './analysis.js';
import { bare, enclosingFunction, isFunctionNode, type FunctionNode } from './syntax.js';

/** The plugin's own functions that `callee` can be when it is called; a class stands for its constructor. */
export function functionsBehind(analysis: Analysis, callee: ts.Expression): FunctionNode[] {
  return [...new Set(resolve(analysis, callee, 0))];
}

function resolve(analysis: Analysis, expression: ts.Expression, depth: number): FunctionNode[] {
  const node = bare(expression);
  if (depth > 8) return [];
  if (isFunctionNode(node)) return [node];
  if (ts.isClassExpression(node)) return constructorsOf(node);
  if (ts.isConditionalExpression(node)) {
    return [node.whenTrue, node.whenFalse].flatMap((branch) => resolve(analysis, branch, depth + 1));
  }
  if (ts.isCallExpression(node)) {
    return resolve(analysis, node.expression, depth + 1)
      .flatMap(resultsOf)
      .flatMap((result) => resolve(analysis, result, depth + 1));
  }
  const name = ts.isPropertyAccessExpression(node) ? node.name : node;
  return analysis.references
    .declarationsOf(ts.isElementAccessExpression(name) ? name.argumentExpression : name)
    .flatMap((declaration) => declared(analysis, declaration, depth + 1));
}

function declared(analysis: Analysis, declaration: ts.Node, depth: number): FunctionNode[] {
  if (!analysis.references.isOwn(declaration)) return [];
  if (isFunctionNode(declaration)) return declaration.body ? [declaration] : [];
  if (ts.isClassDeclaration(declaration)) return constructorsOf(declaration);
  const value = initializerOf(declaration);
  return value ? resolve(analysis, value, depth) : [];
}

/** What a variable, property or default export is declared with. */
export function initializerOf(declaration: ts.Node): ts.Expression | undefined {
  if (ts.isVariableDeclaration(declaration)) return declaration.initializer;
  if (ts.isPropertyAssignment(declaration) || ts.isPropertyDeclaration(declaration))
    return declaration.initializer;
  if (ts.isExportAssignment(declaration)) return declaration.expression;
  if (ts.isShorthandPropertyAssignment(declaration)) return declaration.name;
  return undefined;
}

function constructorsOf(node: ts.ClassLikeDeclaration): FunctionNode[] {
  return node.members.filter(ts.isConstructorDeclaration).filter((member) => member.body);
}

/** Every expression a function can return; for a generator, what it can yield. */
export function resultsOf(fn: FunctionNode): ts.Expression[] {
  if (!fn.body) return [];
  if (!ts.isBlock(fn.body)) return [fn.body];
  const results: ts.Expression[] = [];
  const collect = (node: ts.Node): void => {
    if (isFunctionNode(node) || ts.isClassLike(node)) return;
    if ((ts.isReturnStatement(node) || ts.isYieldExpression(node)) && node.expression)
      results.push(node.expression);
    ts.forEachChild(node, collect);
  };
  ts.forEachChild(fn.body, collect);
  return results;
}

/** The declaration whose uses are the uses of `fn`: its own, or the variable or property that holds it. */
export function nameOfFunction(fn: FunctionNode): ts.Node | undefined {
  if (ts.isFunctionDeclaration(fn) || ts.isMethodDeclaration(fn) || ts.isAccessor(fn)) return fn;
  if (ts.isConstructorDeclaration(fn)) return fn.parent;
  let outer: ts.Node = fn;
  while (
    ts.isParenthesizedExpression(outer.parent) ||
    ts.isAsExpression(outer.parent) ||
    ts.isSatisfiesExpression(outer.parent)
  ) {
    outer = outer.parent;
  }
  const { parent } = outer;
  return (ts.isVariableDeclaration(parent) ||
    ts.isPropertyAssignment(parent) ||
    ts.isPropertyDeclaration(parent)) &&
    parent.initializer === outer
    ? parent
    : undefined;
}

/** The function that a return statement, concise body or `yield` belongs to. */
export function functionAround(node: ts.Node): FunctionNode | undefined {
  const fn = enclosingFunction(node);
  return fn && isFunctionNode(fn) ? fn : undefined;
}
