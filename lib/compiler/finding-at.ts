import { ts } from 'ts-morph';
import { nativePath } from '../core/paths.js';
import type { Excerpt, Finding } from './rule.js';

/**
 * Creates a finding about a node, or about its name if it is a whole class or function. A string is the path of a missing file.
 */
export function findingAt(
  node: ts.Node | string,
  rule: string,
  plugin: string,
  problem: string,
  remedy: string,
): Finding {
  const about = { rule, plugin, problem, remedy };
  if (typeof node === 'string') return { ...about, file: node, line: 1, column: 1, endLine: 1, endColumn: 1 };
  const file = node.getSourceFile();
  const marked = namePart(node);
  const start = marked.getStart(file);
  const from = file.getLineAndCharacterOfPosition(start);
  const to = file.getLineAndCharacterOfPosition(Math.min(marked.getEnd(), endOfLine(file.text, start)));
  return {
    ...about,
    file: nativePath(file.fileName),
    line: from.line + 1,
    column: from.character + 1,
    endLine: to.line + 1,
    endColumn: to.character + 1,
    excerpt: excerptOf(file.text, from.line + 1),
  };
}

/**
 * Returns the lines around a line, counted from 1, as they were checked: the file may have changed by the time the finding is
 * shown.
 */
export function excerptOf(text: string, line: number): Excerpt {
  const first = Math.max(1, line - 1);
  return { first, lines: text.split(/\r?\n/).slice(first - 1, line + 1) };
}

function namePart(node: ts.Node): ts.Node {
  const isNamed =
    ts.isClassLike(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isEnumDeclaration(node);
  return (isNamed ? node.name : undefined) ?? node;
}

// Only the first line of a node with several lines is shown.
function endOfLine(text: string, position: number): number {
  const end = text.slice(position).search(/\r?\n/);
  return end < 0 ? text.length : position + end;
}
