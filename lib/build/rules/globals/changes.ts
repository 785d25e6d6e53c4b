import { ts } from 'ts-morph';
import type { Analysis } from '../analysis/analysis.js';
import { follow, followDeclared, happensLater, type Sight } from '../analysis/flow.js';
import { initializerOf } from '../analysis/functions.js';
import { mutationAt } from '../analysis/mutation.js';
import { isFunctionNode, isWritten, walk, type LaterCode } from '../analysis/syntax.js';

/** What happens to the value that a declaration names. */
export interface Changes {
  /** Where it, or something inside it, is changed once its module has been evaluated. */
  readonly later: readonly ts.Node[];
  /** Whether it is changed while its module, or `scope`, is evaluated: filled at once. */
  readonly isFilled: boolean;
}

/** Every change of the value of `declaration`, wherever it goes; `scope` is the code that makes it, the module unless given. */
export function changesOf(analysis: Analysis, declaration: ts.Node, scope?: LaterCode): Changes {
  const later = new Set<ts.Node>();
  let isFilled = false;
  const see = ({ node, scope: inner }: Sight): void => {
    const mutation = mutationAt(analysis, node);
    if (!mutation) return;
    if (happensLater(analysis, mutation, inner ?? scope)) later.add(mutation);
    else isFilled = true;
  };
  followDeclared(analysis, declaration, 'deep', see);
  follow(analysis, ownThis(analysis, initializerOf(declaration)), 'deep', see);
  return { later: [...later], isFilled };
}

/** Where the name of `declaration` is given another value once its module has been evaluated. */
export function reassignmentOf(
  analysis: Analysis,
  declaration: ts.Node,
  scope?: LaterCode,
): ts.Node | undefined {
  return writesOf(analysis, declaration).find((write) => happensLater(analysis, write, scope));
}

/** Where the name of `declaration` is given another value. */
export function writesOf(analysis: Analysis, declaration: ts.Node): ts.Expression[] {
  return analysis.references.usesOf(declaration).flatMap((use) => {
    const { parent } = use;
    const target =
      (ts.isPropertyAccessExpression(parent) && parent.name === use) ||
      (ts.isElementAccessExpression(parent) && parent.argumentExpression === use)
        ? parent
        : use;
    return ts.isExpression(target) && isWritten(target) ? [target] : [];
  });
}

// `this` in the methods of an object literal is the object.
function ownThis(analysis: Analysis, initializer: ts.Expression | undefined): ts.Expression[] {
  const found: ts.Expression[] = [];
  const collect = (node: ts.Node): void => {
    if (!ts.isObjectLiteralExpression(node)) return;
    for (const member of node.properties) {
      const method = ts.isPropertyAssignment(member) ? member.initializer : member;
      if (isFunctionNode(method)) found.push(...analysis.references.thisOf(method));
    }
  };
  if (!initializer) return found;
  collect(initializer);
  walk(initializer, (node) => (isFunctionNode(node) ? false : collect(node)));
  return found;
}
