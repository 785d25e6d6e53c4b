import { ts } from 'ts-morph';
import type { Analysis } from './analysis.js';
import {
  bare,
  callOf,
  enclosingFunction,
  isFunctionNode,
  memberNameOf,
  type FunctionNode,
} from './syntax.js';
import { valueUses } from './uses.js';

/** Returns the plugin's own functions that `callee` can be; a class stands for its constructor. */
export function functionsBehind(analysis: Analysis, callee: ts.Expression): FunctionNode[] {
  const found = new Set<FunctionNode>();
  resolve(analysis, callee, found, new Set());
  return [...found];
}

/** Returns the plugin's own functions that callers pass for the parameter `callee`. */
export function functionsGiven(analysis: Analysis, callee: ts.Expression): FunctionNode[] {
  const [parameter] = analysis.references.declarationsOf(bare(callee));
  if (!parameter || !ts.isParameter(parameter) || !isFunctionNode(parameter.parent)) return [];
  const index = parameter.parent.parameters.indexOf(parameter);
  const name = nameOfFunction(parameter.parent);
  return (name ? valueUses(analysis, name) : [])
    .flatMap((use) => callOf(use)?.arguments?.[index] ?? [])
    .flatMap((argument) => functionsBehind(analysis, argument));
}

function resolve(
  analysis: Analysis,
  expression: ts.Expression,
  found: Set<FunctionNode>,
  seen: Set<ts.Node>,
): void {
  const node = bare(expression);
  if (seen.has(node)) return;
  seen.add(node);
  if (isFunctionNode(node)) found.add(node);
  else if (ts.isClassExpression(node)) addConstructors(node, found);
  else if (ts.isConditionalExpression(node)) {
    resolve(analysis, node.whenTrue, found, seen);
    resolve(analysis, node.whenFalse, found, seen);
  } else if (ts.isCallExpression(node)) {
    const callees = new Set<FunctionNode>();
    resolve(analysis, node.expression, callees, seen);
    for (const callee of callees) {
      for (const result of resultsOf(callee)) resolve(analysis, result, found, seen);
    }
  } else {
    for (const declaration of analysis.references.declarationsOf(memberNameOf(node))) {
      if (analysis.references.isOwn(declaration)) resolveDeclared(analysis, declaration, found, seen);
    }
  }
}

function resolveDeclared(
  analysis: Analysis,
  declaration: ts.Node,
  found: Set<FunctionNode>,
  seen: Set<ts.Node>,
): void {
  if (isFunctionNode(declaration)) {
    if (declaration.body) found.add(declaration);
  } else if (ts.isClassDeclaration(declaration)) addConstructors(declaration, found);
  else {
    const value = initializerOf(declaration);
    if (value) resolve(analysis, value, found, seen);
  }
}

/** Returns the initial value of a variable, property or default export. */
export function initializerOf(declaration: ts.Node): ts.Expression | undefined {
  if (ts.isVariableDeclaration(declaration)) return declaration.initializer;
  if (ts.isPropertyAssignment(declaration) || ts.isPropertyDeclaration(declaration))
    return declaration.initializer;
  if (ts.isExportAssignment(declaration)) return declaration.expression;
  if (ts.isShorthandPropertyAssignment(declaration)) return declaration.name;
  return undefined;
}

/** Returns the function that a field of a class holds, as in `next = () => ++this.#count`. */
export function functionOfField(declaration: ts.Node): FunctionNode | undefined {
  const value =
    ts.isPropertyDeclaration(declaration) && declaration.initializer
      ? bare(declaration.initializer)
      : undefined;
  return value && isFunctionNode(value) ? value : undefined;
}

function addConstructors(node: ts.ClassLikeDeclaration, found: Set<FunctionNode>): void {
  for (const member of node.members)
    if (ts.isConstructorDeclaration(member) && member.body) found.add(member);
}

/** Returns every expression that a function can return, or that a generator can yield. */
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

/** Returns the declaration whose uses are those of `fn`: its own, or the variable or property that holds it. */
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

/** Returns the function that a return statement, concise body or `yield` belongs to. */
export function functionAround(node: ts.Node): FunctionNode | undefined {
  const fn = enclosingFunction(node);
  return fn && isFunctionNode(fn) ? fn : undefined;
}
