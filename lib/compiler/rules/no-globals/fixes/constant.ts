import { ts } from 'ts-morph';
import { bare } from '../../analysis/syntax.js';

/** A constant at the top of a module, as `const pool = new Pool();` declares one. */
export interface Constant {
  readonly name: ts.Identifier;
  readonly declaration: ts.VariableDeclaration;
  readonly value: ts.Expression;
}

/** Returns the constant that this name declares; `undefined` for a variable, a field, or a nested constant. */
export function constantNamed(name: ts.Node): Constant | undefined {
  const { parent: declaration } = name;
  if (!ts.isIdentifier(name) || !ts.isVariableDeclaration(declaration) || !declaration.initializer)
    return undefined;
  const list = declaration.parent;
  const isConst = (list.flags & ts.NodeFlags.Const) !== 0 && (list.flags & ts.NodeFlags.Using) === 0;
  const isAtTop = ts.isVariableStatement(list.parent) && ts.isSourceFile(list.parent.parent);
  if (declaration.name !== name || !isConst || !isAtTop) return undefined;
  return { name, declaration, value: declaration.initializer };
}

/** Returns the text that creates a constant, without an outer `await`, and whether an `await` is left inside. */
export function makerOf(value: ts.Expression): { readonly text: string; readonly isAsync: boolean } {
  let made: ts.Expression = value;
  while (ts.isAwaitExpression(made) || ts.isParenthesizedExpression(made)) made = made.expression;
  const isObject = ts.isObjectLiteralExpression(bare(made));
  return { text: isObject ? `(${made.getText()})` : made.getText(), isAsync: hasAwait(made) };
}

function hasAwait(node: ts.Node): boolean {
  if (ts.isAwaitExpression(node)) return true;
  if (ts.isFunctionLike(node)) return false;
  return ts.forEachChild(node, (child) => hasAwait(child) || undefined) ?? false;
}
