import type { Node } from 'ts-morph';
import type { Finding } from './rule.js';

/** A finding about a node, from its first character to its last. */
export function findingAt(
  node: Node,
  rule: string,
  plugin: string,
  problem: string,
  remedy: string,
): Finding {
  const file = node.getSourceFile();
  const from = file.getLineAndColumnAtPos(node.getStart());
  const to = file.getLineAndColumnAtPos(node.getEnd());
  return {
    rule,
    plugin,
    file: file.getFilePath(),
    line: from.line,
    column: from.column,
    endLine: to.line,
    endColumn: to.column,
    problem,
    remedy,
  };
}
