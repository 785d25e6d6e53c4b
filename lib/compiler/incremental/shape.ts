import { ts } from 'ts-morph';

/**
 * Returns the part of a file that other files can depend on: its text, without the bodies of functions whose result type is
 * written down. As long as it stays the same, the types of other files stay the same.
 */
export function shapeOf(file: ts.SourceFile): string {
  const { text } = file;
  const parts: string[] = [];
  let from = 0;
  const visit = (node: ts.Node): void => {
    const body = hiddenBody(node);
    if (!body) return ts.forEachChild(node, visit);
    parts.push(text.slice(from, body.getStart(file)));
    from = body.end;
  };
  ts.forEachChild(file, visit);
  parts.push(text.slice(from));
  return parts.join('{}');
}

/** Returns the body of a function, when no type is inferred from it. */
function hiddenBody(node: ts.Node): ts.Node | undefined {
  if (ts.isSetAccessor(node)) return node.body;
  if (ts.isConstructorDeclaration(node)) return node.parent.members.some(isInferred) ? undefined : node.body;
  const isTyped =
    ts.isFunctionDeclaration(node) ||
    ts.isFunctionExpression(node) ||
    ts.isArrowFunction(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isGetAccessor(node);
  return isTyped && node.type ? node.body : undefined;
}

/** Returns whether the type of a field is inferred from assignments in the constructor. */
function isInferred(member: ts.ClassElement): boolean {
  return ts.isPropertyDeclaration(member) && !member.type && !member.initializer;
}
