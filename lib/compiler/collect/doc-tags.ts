import { Node, ts } from 'ts-morph';

/** What a tag in the comment of a declaration says, on one line; empty for a bare tag, `undefined` without one. */
export function tagOf(node: ts.Node, name: string): string | undefined {
  const tag = ts.getJSDocTags(node).find(({ tagName }) => tagName.text === name);
  return tag && (ts.getTextOfJSDocComment(tag.comment) ?? '').replaceAll(/\s+/g, ' ').trim();
}

/** The same of a function with overloads, each of which may have it. */
export function tagText(node: Node, name: string): string | undefined {
  const overloads = Node.isFunctionDeclaration(node) ? node.getOverloads() : [];
  const [text] = [node, ...overloads].flatMap((one) => tagOf(one.compilerNode, name) ?? []);
  return text;
}
