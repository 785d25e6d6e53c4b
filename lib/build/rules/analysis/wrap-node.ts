import type { Node, SourceFile, ts } from 'ts-morph';

/** The node of ts-morph for one of the compiler's: rules look at the compiler's, which cost nothing, and report those of ts-morph. */
export function wrapNode(file: SourceFile, node: ts.Node): Node {
  const start = node.getStart(file.compilerNode);
  let found = file.getDescendantAtPos(start);
  while (found && found.compilerNode !== node) found = found.getParent();
  return found ?? file;
}
