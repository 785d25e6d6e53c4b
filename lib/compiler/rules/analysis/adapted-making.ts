import { ts } from 'ts-morph';
import type { ExportAdapter } from '../../../adapters/adapter.js';
import type { Analysis } from './analysis.js';
import { initializerOf } from './functions.js';
import { ImportedNames, type ImportedName } from './imported-names.js';
import { accessedName, bare, isAccess, memberNameOf, type CallOrNew } from './syntax.js';

/** Returns whether a package's adapter handles the object that a call creates: its start, pauses and end. */
export function isAdaptedMaking(analysis: Analysis, call: CallOrNew): boolean {
  return adapterOf(analysis, call) !== undefined;
}

/** Returns whether a function is passed to an object that an adapter handles: work begun in it keeps its version alive. */
export function isGivenToAdapted(analysis: Analysis, node: ts.Expression): boolean {
  let { parent } = node;
  while (ts.isPropertyAssignment(parent) || ts.isObjectLiteralExpression(parent)) ({ parent } = parent);
  return isMaking(parent) && isAdaptedMaking(analysis, parent);
}

/**
 * Returns whether an adapter handles a call such as `bot.start()`: the call waits until its version is active, and the adapter
 * pauses and ends its work.
 */
export function isBegunByAdapter(analysis: Analysis, node: ts.Expression): boolean {
  const call = bare(node);
  if (!ts.isCallExpression(call) || !isAccess(call.expression)) return false;
  const owner = makingOf(analysis, call.expression.expression);
  const adapter = owner && adapterOf(analysis, owner);
  const waits = adapter && typeof adapter === 'object' ? Object.keys(adapter.waits ?? USUAL) : [];
  return waits.includes(accessedName(call.expression) ?? '');
}

/** Methods that wait if an adapter names none. */
const USUAL = { run: true, start: true, launch: true };

function adapterOf(analysis: Analysis, call: CallOrNew): ExportAdapter | undefined {
  const origin = originOf(analysis, call);
  return origin && analysis.plugin.adapterOf(origin.module, origin.name, call.getSourceFile().fileName);
}

/**
 * Returns the package export with which a call creates an object: directly, through an own subclass, or by a method of another
 * object.
 */
function originOf(analysis: Analysis, call: CallOrNew): ImportedName | undefined {
  const direct = importedAs(analysis, call.expression);
  if (direct) return direct;
  const callee = bare(call.expression);
  if (isAccess(callee)) {
    const owner = makingOf(analysis, callee.expression);
    const from = owner && importedAs(analysis, owner.expression);
    const method = accessedName(callee);
    return from && method !== undefined
      ? { module: from.module, name: `${from.name}.prototype.${method}` }
      : undefined;
  }
  const [parent] = analysis.references.declarationsOf(callee).flatMap(superclassOf);
  return parent && importedAs(analysis, parent);
}

function superclassOf(declaration: ts.Node): ts.Expression[] {
  if (!ts.isClassLike(declaration)) return [];
  return (declaration.heritageClauses ?? [])
    .filter(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)
    .flatMap(({ types }) => types.map(({ expression }) => expression));
}

/** Returns the package export that an expression names; `undefined` for own names. */
function importedAs(analysis: Analysis, expression: ts.Expression): ImportedName | undefined {
  const file = expression.getSourceFile();
  const names = analysis.memory.recall('imported names', file, () => new ImportedNames(file));
  const found = names.of(expression);
  return found?.module === '' ? undefined : found;
}

/** Returns the expression that made the value of a name. */
function makingOf(analysis: Analysis, owner: ts.Expression): CallOrNew | undefined {
  const node = bare(owner);
  if (isMaking(node)) return node;
  for (const declaration of analysis.references.declarationsOf(memberNameOf(node))) {
    const value = initializerOf(declaration);
    const made = value && bare(value);
    if (made && isMaking(made)) return made;
  }
  return undefined;
}

function isMaking(node: ts.Node): node is CallOrNew {
  return ts.isCallExpression(node) || ts.isNewExpression(node);
}
