import { Node, ts } from 'ts-morph';

/** Returns the text of a tag in the comment of a declaration, on one line; empty for a bare tag, `undefined` without one. */
export function tagOf(node: ts.Node, name: string): string | undefined {
  const tag = ts.getJSDocTags(node).find(({ tagName }) => tagName.text === name);
  return tag && (ts.getTextOfJSDocComment(tag.comment) ?? '').replaceAll(/\s+/g, ' ').trim();
}

/** Works like {@link tagOf}, for a function with overloads, each of which may have the tag. */
export function tagText(node: Node, name: string): string | undefined {
  const overloads = Node.isFunctionDeclaration(node) ? node.getOverloads() : [];
  const [text] = [node, ...overloads].flatMap((one) => tagOf(one.compilerNode, name) ?? []);
  return text;
}
