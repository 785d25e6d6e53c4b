import { ts } from 'ts-morph';
import type { Analysis } from '../analysis/analysis.js';
import { followDeclared } from '../analysis/data-flow.js';
import { functionsBehind } from '../analysis/functions.js';
import { accessedName, isAccess } from '../analysis/syntax.js';

/** Returns whether the bytes of a declared value are given to code outside the plugin that may write into them. */
export function isFilledElsewhere(analysis: Analysis, declaration: ts.Node): boolean {
  let isFilled = false;
  followDeclared(analysis, declaration, 'deep', ({ node }) => {
    isFilled ||= isGivenToFill(analysis, node);
    return !isFilled;
  });
  return isFilled;
}

function isGivenToFill(analysis: Analysis, node: ts.Expression): boolean {
  const { parent } = node;
  if (!ts.isCallExpression(parent) || !parent.arguments.includes(node)) return false;
  const { expression } = parent;
  const name = isAccess(expression) ? accessedName(expression) : expression.getText();
  return fillers.test(name ?? '') && functionsBehind(analysis, expression).length === 0;
}

// `readSync(fd, buffer)`, `bytes.copy(buffer)`, `encoder.encodeInto(text, buffer)`: most functions only read what they are given.
const fillers = /^(read|recv|receive|fill|copy|random)|Into$/i;
