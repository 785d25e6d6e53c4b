import { ts } from 'ts-morph';
import type { TextEdit } from '../../rule.js';
import type { Analysis } from '../analysis/analysis.js';
import { runsLater } from '../analysis/escape.js';
import { isOfLanguage } from '../analysis/origin.js';
import { addImport } from '../fixes/add-import.js';
import type { FloatingPromise } from './floating-promises.js';

/**
 * Passes a dropped promise to `context.waitUntil`, which keeps the version alive until it settles, if that is safe: the promise
 * is a statement of its own, in code that runs once the version is loaded.
 */
export function giveToWaitUntil(
  analysis: Analysis,
  { node, how }: FloatingPromise,
): readonly TextEdit[] | undefined {
  if (how !== 'dropped' || !isStatement(node) || !isOnlyPromise(analysis, node)) return undefined;
  if (!runsLater(analysis, node) || !isContextFree(analysis, node)) return undefined;
  const file = node.getSourceFile();
  const imported = addImport(file, 'context');
  if (!imported) return undefined;
  const whole = ts.isVoidExpression(node.parent) ? node.parent : node;
  const text = `context.waitUntil(${node.getText()})`;
  return [...imported, { file: file.fileName, start: whole.getStart(), end: whole.getEnd(), text }];
}

/** Returns whether an expression is a whole statement, with or without `void`. */
function isStatement(node: ts.Node): node is ts.Expression {
  const { parent } = node;
  return ts.isExpressionStatement(ts.isVoidExpression(parent) ? parent.parent : parent);
}

/** Returns whether a value is always a promise of the language. */
function isOnlyPromise(analysis: Analysis, node: ts.Expression): boolean {
  const { symbol } = analysis.checker.getTypeAtLocation(node);
  const declaration = symbol?.declarations?.[0];
  return symbol?.name === 'Promise' && declaration !== undefined && isOfLanguage(analysis, declaration);
}

/** Returns whether `context` means nothing here, or what the file imports by this name. */
function isContextFree({ checker }: Analysis, node: ts.Node): boolean {
  const known = checker
    .getSymbolsInScope(node, ts.SymbolFlags.Value | ts.SymbolFlags.Alias)
    .find(({ name }) => name === 'context');
  return !known || known.declarations?.every(ts.isImportSpecifier) === true;
}
