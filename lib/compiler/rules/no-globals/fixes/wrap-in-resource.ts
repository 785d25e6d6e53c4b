import { ts } from 'ts-morph';
import type { TextEdit } from '../../../rule.js';
import type { Analysis } from '../../analysis/analysis.js';
import { runsLater } from '../../analysis/escape.js';
import type { Use } from '../../analysis/file-names.js';
import { isHook } from '../../analysis/hooks.js';
import { hooksNamed, reachedFrom } from '../../analysis/plugin-context.js';
import { isAccess, isWritten, wrapped } from '../../analysis/syntax.js';
import { valueAt } from '../../analysis/uses.js';
import type { OpenClient } from '../clients.js';
import { closingMethodOf } from '../closing-method.js';
import { addImport } from '../../fixes/add-import.js';
import { constantNamed, makerOf, type Constant } from './constant.js';

/**
 * Wraps a client in `resource`, and calls the constant wherever it is used, if that is safe: all uses of the constant are known,
 * and all run once the version is loaded.
 */
export function wrapInResource(analysis: Analysis, client: OpenClient): readonly TextEdit[] | undefined {
  const constant = constantNamed(client.node);
  if (!constant || constant.declaration.type) return undefined;
  const closing = closingMethodOf(analysis, analysis.checker.getTypeAtLocation(constant.declaration));
  const imported = addImport(constant.name.getSourceFile(), 'resource');
  const uses =
    closing === undefined ? undefined : usesCalled(analysis, constant, codeBeside(analysis, client));
  if (closing === undefined || !imported || !uses) return undefined;
  const { text, isAsync } = makerOf(constant.value);
  const close = `(opened) => opened${closing.startsWith('[') ? closing : `.${closing}`}`;
  const options = client.takesWork ? ', { takesWork: true }' : '';
  return [
    ...imported,
    replaceNode(constant.value, `resource(${isAsync ? 'async ' : ''}() => ${text}, ${close}${options})`),
    ...uses,
  ];
}

/**
 * Returns the functions that run while a client is not open: clients that take work are open only while the version is active.
 */
function codeBeside(analysis: Analysis, { takesWork }: OpenClient): ReadonlySet<ts.Node> {
  const hooks = takesWork ? ['onLoad', 'onInit', 'onFree'] : [];
  return reachedFrom(
    analysis,
    hooks.flatMap((name) => hooksNamed(analysis, name)),
  );
}

/** Returns every use of a constant as a call; `undefined` if one of them is in `closed` code. */
function usesCalled(
  analysis: Analysis,
  { name, declaration }: Constant,
  closed: ReadonlySet<ts.Node>,
): TextEdit[] | undefined {
  if (analysis.files.some((file) => new RegExp(`\\btypeof\\s+${name.text}\\b`).test(file.text)))
    return undefined;
  const edits: TextEdit[] = [];
  for (const use of analysis.references.usesOf(declaration)) {
    if (use === name || isNameInImport(use)) continue;
    const value = valueAt(use);
    if (!value || !isCallable(analysis, value) || isIn(closed, value)) return undefined;
    edits.push(calledUse(value));
  }
  return edits;
}

function isIn(functions: ReadonlySet<ts.Node>, node: ts.Node): boolean {
  for (let outer = node; outer; outer = outer.parent) if (functions.has(outer)) return true;
  return false;
}

function isNameInImport({ parent }: Use): boolean {
  return ts.isImportSpecifier(parent);
}

function isCallable(analysis: Analysis, value: ts.Expression): boolean {
  if (!ts.isIdentifier(value) || isWritten(value) || ts.isExportAssignment(wrapped(value).parent))
    return false;
  return (runsLater(analysis, value) || isInHook(analysis, value)) && !isConstructed(value);
}

// Resources are open before these hooks run; `exports` and `http` run earlier.
function isInHook(analysis: Analysis, value: ts.Expression): boolean {
  for (let node: ts.Node = value; node; node = node.parent) {
    if (!ts.isObjectLiteralElementLike(node) || !/^on[A-Z]/.test(node.name?.getText() ?? '')) continue;
    if (isHook(analysis, node)) return true;
  }
  return false;
}

// `new client().Model()` would construct the result of the call.
function isConstructed(value: ts.Expression): boolean {
  let node: ts.Node = value;
  while (isAccess(node.parent) && node.parent.expression === node) node = node.parent;
  return ts.isNewExpression(node.parent) && node.parent.expression === node;
}

function calledUse(value: ts.Expression): TextEdit {
  const isShorthand = ts.isShorthandPropertyAssignment(value.parent);
  return replaceNode(
    value,
    isShorthand ? `${value.getText()}: ${value.getText()}()` : `${value.getText()}()`,
  );
}

function replaceNode(node: ts.Node, text: string): TextEdit {
  return { file: node.getSourceFile().fileName, start: node.getStart(), end: node.getEnd(), text };
}
