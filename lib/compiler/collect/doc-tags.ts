import { Node, ts } from 'ts-morph';
import { symbolAt } from '../rules/analysis/expressions.js';

/** Tags that say something about a declaration, in its comment. */
const docTags = ['affinity', 'breaking', 'idempotent', 'readonly', 'was'] as const;
export type DocTag = (typeof docTags)[number];

/** Matches a text that may contain one of these tags. */
export const docTag = new RegExp(`@(?:${docTags.join('|')})\\b`);

/** Returns the text of a tag in the comment of a declaration, on one line; empty for a bare tag, `undefined` without one. */
function tagOf(node: ts.Node, name: DocTag): string | undefined {
  const tag = ts.getJSDocTags(node).find(({ tagName }) => tagName.text === name);
  const text = tag ? (ts.getTextOfJSDocComment(tag.comment) ?? '') : inlineTag(node, name);
  return text?.replaceAll(/\s+/g, ' ').trim();
}

/** Works like {@link tagOf}, for a function with overloads, each of which may have the tag. */
export function tagText(node: Node, name: DocTag): string | undefined {
  const overloads = Node.isFunctionDeclaration(node) ? node.getOverloads() : [];
  const [text] = [node, ...overloads].flatMap((one) => tagOf(one.compilerNode, name) ?? []);
  return text;
}

/** Works like {@link tagOf}, for a function or a member of an object, which may have the tag where its value is declared. */
export function tagOfSymbol(
  { declarations = [] }: ts.Symbol,
  name: DocTag,
  checker: ts.TypeChecker,
): string | undefined {
  const [text] = declarations
    .flatMap((one) => [one, ...declarationsOfValue(one, checker)])
    .flatMap((one) => tagOf(one, name) ?? []);
  return text;
}

// Returns the declarations of the value in `{ sword }`, `{ sword: forge }` or `{ sword: forge.sword }`.
function declarationsOfValue(member: ts.Declaration, checker: ts.TypeChecker): readonly ts.Declaration[] {
  const value = ts.isShorthandPropertyAssignment(member)
    ? member.name
    : ts.isPropertyAssignment(member)
      ? member.initializer
      : undefined;
  const isNamed = value && (ts.isIdentifier(value) || ts.isPropertyAccessExpression(value));
  return (isNamed && symbolAt(value, checker)?.declarations) || [];
}

// Returns a tag on the line of its declaration, as in `{ /** @readonly */ look() {} }`, where the compiler attaches the comment
// to the token before it.
function inlineTag(node: ts.Node, name: DocTag): string | undefined {
  const { text } = node.getSourceFile();
  const comment = ts.getTrailingCommentRanges(text, node.pos)?.at(-1);
  if (!comment || text.slice(comment.end, node.getStart()).includes('\n')) return undefined;
  return new RegExp(`^/\\*\\*[^]*@${name}\\b([^@]*)\\*/$`).exec(text.slice(comment.pos, comment.end))?.[1];
}
