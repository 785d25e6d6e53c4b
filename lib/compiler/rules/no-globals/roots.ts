import { ts } from 'ts-morph';
import { bare, isAmbient, isStatic } from '../analysis/syntax.js';
import { bindingsOf } from '../analysis/uses.js';

/** Node that names a value at module level, or exports it under a name. */
export type Root =
  | ts.VariableDeclaration
  | ts.BindingElement
  | ts.PropertyDeclaration
  | ts.ExportAssignment
  | ts.FunctionDeclaration
  | ts.ClassDeclaration
  | ts.EnumDeclaration;

/** Returns the roots at `node`; a declaration of something that exists elsewhere is not a root. */
export function rootsAt(node: ts.Node): Root[] {
  const names = namesAt(node);
  return names.length > 0 && !isAmbient(node) ? names : [];
}

function namesAt(node: ts.Node): Root[] {
  if (ts.isVariableDeclaration(node)) return ts.isIdentifier(node.name) ? [node] : bindingsOf(node.name);
  if (ts.isPropertyDeclaration(node)) return isStatic(node) ? [node] : [];
  const isNamed =
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isEnumDeclaration(node) ||
    ts.isExportAssignment(node);
  return isNamed ? [node] : [];
}

/** Returns whether a root can be given another value. */
export function isVariable(root: Root): boolean {
  return ts.isVariableDeclaration(root) || ts.isBindingElement(root) || ts.isPropertyDeclaration(root);
}

/** Returns whether a root names a value, rather than a function, class or enum. */
export function isValue(root: Root): boolean {
  return isVariable(root) || ts.isExportAssignment(root);
}

/** Returns whether a root is only another name for something. */
export function isAlias(root: Root): boolean {
  const value = valueOf(root);
  const node = value && bare(value);
  return node !== undefined && (ts.isIdentifier(node) || ts.isPropertyAccessExpression(node));
}

/** Returns the initialiser of a root. */
export function valueOf(root: Root): ts.Expression | undefined {
  if (ts.isExportAssignment(root)) return root.expression;
  if (ts.isVariableDeclaration(root) || ts.isPropertyDeclaration(root)) return root.initializer;
  return ts.isBindingElement(root) ? boundValue(root) : undefined;
}

// `const [seen, queue] = [new Set(), []]`
function boundValue(element: ts.BindingElement): ts.Expression | undefined {
  const pattern = element.parent;
  const holder = pattern.parent;
  const value = ts.isVariableDeclaration(holder) && holder.initializer ? bare(holder.initializer) : undefined;
  if (!value || element.dotDotDotToken) return undefined;
  if (ts.isArrayBindingPattern(pattern)) {
    return ts.isArrayLiteralExpression(value) ? value.elements[pattern.elements.indexOf(element)] : undefined;
  }
  const name = (element.propertyName ?? element.name).getText();
  const member = ts.isObjectLiteralExpression(value)
    ? value.properties.find((property) => property.name?.getText() === name)
    : undefined;
  return member && ts.isPropertyAssignment(member) ? member.initializer : undefined;
}

/** Returns the node that represents a root in a report: its name. */
export function nameOf(root: Root): ts.Node {
  return ts.isExportAssignment(root) ? root.expression : (root.name ?? root);
}

/** Returns the name at `node` for a message: `forge`, `Forge.made`. */
export function labelOf(node: ts.Node): string {
  if (!ts.isIdentifier(node) && !ts.isPrivateIdentifier(node)) return 'this';
  const { parent } = node;
  const owner = ts.isPropertyDeclaration(parent) ? parent.parent.name?.text : undefined;
  return owner === undefined ? `\`${node.text}\`` : `\`${owner}.${node.text}\``;
}

/** Returns the name that holds the result of a call at module level, or the call itself. */
export function holderOf(call: ts.Node): ts.Node {
  for (let node = call; node; node = node.parent) {
    if (ts.isVariableDeclaration(node)) return node.name;
    if (ts.isPropertyDeclaration(node) && isStatic(node)) return node.name;
    if (ts.isStatement(node) || ts.isDecorator(node) || ts.isClassLike(node)) break;
  }
  return call;
}
