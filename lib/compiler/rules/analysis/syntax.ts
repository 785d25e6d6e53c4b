import { ts } from 'ts-morph';

/** A function of any form that has a body. */
export type FunctionNode =
  | ts.FunctionDeclaration
  | ts.FunctionExpression
  | ts.ArrowFunction
  | ts.MethodDeclaration
  | ts.ConstructorDeclaration
  | ts.AccessorDeclaration;

export function isFunctionNode(node: ts.Node): node is FunctionNode {
  return (
    ts.isFunctionDeclaration(node) ||
    ts.isFunctionExpression(node) ||
    ts.isArrowFunction(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isConstructorDeclaration(node) ||
    ts.isAccessor(node)
  );
}

/** A function, or an instance field whose initialiser runs when an instance is made. */
export type LaterCode = FunctionNode | ts.PropertyDeclaration;

/** Returns the nearest code around `node` that runs only when called; `undefined` at module level, including static members. */
export function enclosingFunction(node: ts.Node): LaterCode | undefined {
  let inner = node;
  for (let outer = node.parent; outer; inner = outer, outer = outer.parent) {
    // A decorator of a parameter runs where the class is declared.
    const isRunHere = ts.isParameter(inner) && isOfDecorator(node, inner);
    if (isFunctionNode(outer) && !isRunHere && isInside(inner, outer)) return outer;
    if (ts.isPropertyDeclaration(outer) && !isStatic(outer) && inner === outer.initializer) return outer;
  }
  return undefined;
}

function isOfDecorator(node: ts.Node, parameter: ts.ParameterDeclaration): boolean {
  return ts.getDecorators(parameter)?.some((decorator) => isWithin(node, decorator)) ?? false;
}

// Decorators and computed names of a method run where the class is declared.
function isInside(part: ts.Node, fn: FunctionNode): boolean {
  return part === fn.body || fn.parameters.includes(part as ts.ParameterDeclaration);
}

export function isStatic(node: ts.Node): boolean {
  return ts.canHaveModifiers(node) && hasModifier(node, ts.SyntaxKind.StaticKeyword);
}

export function hasModifier(node: ts.Node, kind: ts.SyntaxKind): boolean {
  return (
    ts.canHaveModifiers(node) && (ts.getModifiers(node)?.some((modifier) => modifier.kind === kind) ?? false)
  );
}

/**
 * Returns the expression without wrappers that only change its type or timing: parentheses, assertions, `!`, `satisfies`,
 * `await`.
 */
export function bare(node: ts.Expression): ts.Expression {
  let inner = node;
  while (isWrapper(inner)) inner = inner.expression;
  return inner;
}

/** Returns the outermost expression that {@link bare} reduces to `node`. */
export function wrapped(node: ts.Expression): ts.Expression {
  let outer = node;
  while (isWrapper(outer.parent)) outer = outer.parent;
  return outer;
}

type Wrapper =
  | ts.ParenthesizedExpression
  | ts.AsExpression
  | ts.TypeAssertion
  | ts.SatisfiesExpression
  | ts.NonNullExpression
  | ts.AwaitExpression;

function isWrapper(node: ts.Node): node is Wrapper {
  return (
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isTypeAssertionExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isAwaitExpression(node)
  );
}

/** Returns whether `node` is `outer` or inside it. */
export function isWithin(node: ts.Node, outer: ts.Node): boolean {
  return node.getSourceFile() === outer.getSourceFile() && node.pos >= outer.pos && node.end <= outer.end;
}

export function isAccess(node: ts.Node): node is ts.PropertyAccessExpression | ts.ElementAccessExpression {
  return ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node);
}

/** Returns the name that an access reads; `undefined` if it is computed at run time. */
export function accessedName(
  node: ts.PropertyAccessExpression | ts.ElementAccessExpression,
): string | undefined {
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  const key = bare(node.argumentExpression);
  return ts.isStringLiteralLike(key) || ts.isNumericLiteral(key) ? key.text : undefined;
}

/**
 * Returns the node with the name that an expression reads: `name` in `a.name`, the literal in `a['name']`, otherwise the
 * expression itself.
 */
export function memberNameOf(node: ts.Expression): ts.Node {
  if (ts.isPropertyAccessExpression(node)) return node.name;
  if (!ts.isElementAccessExpression(node)) return node;
  return ts.isStringLiteralLike(node.argumentExpression) ? node.argumentExpression : node;
}

/** Returns the literal names of the properties of an object literal. */
export function namesIn(properties: readonly ts.ObjectLiteralElementLike[]): string[] {
  return properties.flatMap(({ name }) =>
    name && (ts.isIdentifier(name) || ts.isStringLiteralLike(name)) ? [name.text] : [],
  );
}

/** A call of a function or, with `new`, of a class. */
export type CallOrNew = ts.CallExpression | ts.NewExpression;

/** Returns the call, with or without `new`, whose callee is `node`. */
export function callOf(node: ts.Expression): CallOrNew | undefined {
  const callee = wrapped(node);
  const { parent } = callee;
  return (ts.isCallExpression(parent) || ts.isNewExpression(parent)) && parent.expression === callee
    ? parent
    : undefined;
}

/** Returns whether a value is stored in `node` at that place: by an assignment, `++`, a loop or destructuring. */
export function isWritten(node: ts.Expression): boolean {
  const target = wrapped(node);
  const { parent } = target;
  if (ts.isBinaryExpression(parent)) {
    if (parent.left !== target || !isAssignment(parent.operatorToken.kind))
      return isDefaultOfTarget(parent, target);
    return true;
  }
  if (ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent)) {
    return (
      parent.operator === ts.SyntaxKind.PlusPlusToken || parent.operator === ts.SyntaxKind.MinusMinusToken
    );
  }
  if (ts.isForOfStatement(parent) || ts.isForInStatement(parent)) return parent.initializer === target;
  return isPatternPart(target) && isPattern(patternAround(target));
}

/** Returns whether a variable declared with `using` holds the result of an expression. */
export function isUsing(made: ts.Expression): boolean {
  const { parent } = wrapped(made);
  return ts.isVariableDeclaration(parent) && (ts.getCombinedNodeFlags(parent) & ts.NodeFlags.Using) !== 0;
}

/** Returns whether an operator stores a value in its left side. */
function isAssignment(kind: ts.SyntaxKind): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

function isDefaultOfTarget(parent: ts.BinaryExpression, target: ts.Expression): boolean {
  return parent.left === target && isPatternPart(parent) && isPattern(patternAround(parent));
}

function isPatternPart(node: ts.Node): boolean {
  const { parent } = node;
  return (
    ts.isArrayLiteralExpression(parent) ||
    ts.isSpreadElement(parent) ||
    ts.isSpreadAssignment(parent) ||
    ts.isShorthandPropertyAssignment(parent) ||
    (ts.isPropertyAssignment(parent) && parent.initializer === node)
  );
}

function patternAround(node: ts.Node): ts.Expression {
  const { parent } = node;
  return (ts.isArrayLiteralExpression(parent) ? parent : parent.parent) as ts.Expression;
}

function isPattern(literal: ts.Expression): boolean {
  return (
    (ts.isArrayLiteralExpression(literal) || ts.isObjectLiteralExpression(literal)) && isWritten(literal)
  );
}

/** Calls `visit` for every node below `node`, except types; a node for which `visit` returns `false` is not entered. */
export function walk(node: ts.Node, visit: (node: ts.Node) => unknown): void {
  ts.forEachChild(node, (child) => {
    if (ts.isTypeNode(child) && !ts.isExpressionWithTypeArguments(child)) return;
    if (ts.isInterfaceDeclaration(child) || ts.isTypeAliasDeclaration(child)) return;
    if (visit(child) !== false) walk(child, visit);
  });
}

/** Works like {@link walk}, for code that runs when a module is evaluated: it does not enter functions and instance fields. */
export function walkModule(file: ts.SourceFile, visit: (node: ts.Node) => void): void {
  const enter = (node: ts.Node): boolean => {
    visit(node);
    const isLater = isFunctionNode(node) || (ts.isPropertyDeclaration(node) && !isStatic(node));
    if (isLater && ts.canHaveDecorators(node)) {
      for (const decorator of ts.getDecorators(node) ?? []) {
        visit(decorator);
        walk(decorator, enter);
      }
    }
    return !isLater;
  };
  walk(file, enter);
}

/** Returns whether a declaration only says that something exists elsewhere: `declare`, or a `.d.ts` file. */
export function isAmbient(node: ts.Node): boolean {
  for (let outer = node; outer; outer = outer.parent) {
    if (hasModifier(outer, ts.SyntaxKind.DeclareKeyword)) return true;
  }
  return node.getSourceFile().isDeclarationFile;
}
