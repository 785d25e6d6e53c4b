import { ts } from 'ts-morph';
import type { Analysis } from '../analysis/analysis.js';
import { follow, type Sight } from '../analysis/data-flow.js';
import { valueAt } from '../analysis/uses.js';
import { happensLater } from '../analysis/escape.js';
import { mutationAt } from '../analysis/mutation.js';
import { isOfPlatform, platformCallee, platformName } from '../analysis/origin.js';
import type { Use } from '../analysis/file-names.js';
import { writesOf } from './reassignment.js';
import { bare, enclosingFunction, isAccess, isAmbient, isWritten, wrapped } from '../analysis/syntax.js';

/** A place that changes something that the whole thread shares. */
export interface GlobalWrite {
  readonly node: ts.Node;
  /** The changed object: `globalThis`, `process.env`, `Array.prototype`. */
  readonly target: string;
  /** True for a setting of the platform, which the module may set. */
  readonly isSetting?: boolean;
}

/** Returns every write to `globalThis`, `process.env` and built-in objects, under any alias. */
export function globalWrites(analysis: Analysis): GlobalWrite[] {
  const found = new Map<ts.Node, GlobalWrite>();
  const add: Add = (node, target, isSetting = false) => {
    if (!found.has(node)) found.set(node, { node, target, isSetting });
  };
  follow(analysis, globalObjects(analysis), 'deep', (sight) => {
    const write = mutationAt(analysis, sight.node);
    if (write) add(write, 'globalThis');
  });
  for (const [declaration, uses] of analysis.references.external()) {
    const name = platformName(analysis, declaration);
    if (name === undefined) continue;
    if (/(^|\.)Process\.env$/.test(name)) environmentWrites(analysis, uses, add);
    else if (isValue(declaration)) builtInWrites(analysis, uses, add);
    if (ts.isVariableDeclaration(declaration) && name.includes('.')) moduleWrites(analysis, declaration, add);
    if (/(^|\.)Process\.loadEnvFile$/.test(name)) for (const use of uses) addCall(use, add);
  }
  for (const use of ambientWrites(analysis)) add(use.parent, 'globalThis');
  for (const call of storesEntered(analysis)) add(call, call.expression.getText());
  return [...found.values()];
}

type Add = (node: ts.Node, target: string, isSetting?: boolean) => void;

function globalObjects(analysis: Analysis): ts.Expression[] {
  const aliases = [...analysis.references.external()]
    .filter(([declaration]) => isGlobalAlias(analysis, declaration))
    .flatMap(([, uses]) => uses);
  return [...analysis.references.globalObjects, ...aliases].flatMap((use) => valueAt(use) ?? []);
}

// Recognises Node's `global`, and the DOM's `self` and `window`.
function isGlobalAlias(analysis: Analysis, declaration: ts.Node): boolean {
  if (!ts.isVariableDeclaration(declaration) || !isOfPlatform(analysis, declaration)) return false;
  const { type } = declaration;
  return (
    type !== undefined &&
    /^(global|self|window)$/.test(declaration.name.getText()) &&
    /globalThis/.test(type.getText())
  );
}

function environmentWrites(analysis: Analysis, uses: readonly Use[], add: Add): void {
  const starts = uses.flatMap((use) => valueAt(use) ?? use);
  for (const start of starts) {
    if (ts.isExpression(start) && isAccess(start) && isWritten(start))
      add(wrapped(start).parent, 'process.env');
  }
  const values = uses.flatMap((use) => valueOrBinding(analysis, use));
  follow(analysis, values, 'deep', ({ node }: Sight) => {
    const write = mutationAt(analysis, node);
    if (write) add(write, 'process.env');
  });
}

// `const { env } = process` names the property and a variable.
function valueOrBinding(analysis: Analysis, use: Use): ts.Expression[] {
  const value = valueAt(use);
  if (value) return [value];
  const element = use.parent;
  if (!ts.isBindingElement(element)) return [];
  return analysis.references.usesOf(element).flatMap((inner) => valueAt(inner) ?? []);
}

function isValue(declaration: ts.Node): boolean {
  return (
    ts.isVariableDeclaration(declaration) ||
    ts.isFunctionDeclaration(declaration) ||
    ts.isModuleDeclaration(declaration) ||
    ts.isClassDeclaration(declaration)
  );
}

function builtInWrites(analysis: Analysis, uses: readonly Use[], add: Add): void {
  const settings: Setting[] = [];
  follow(
    analysis,
    uses.flatMap((use) => valueAt(use) ?? []),
    'deep',
    ({ node }: Sight) => {
      const write = mutationAt(analysis, node);
      if (!write) return;
      if (isSetting(analysis, write)) settings.push({ write, target: node.getText() });
      else add(write, node.getText());
    },
  );
  changedSettings(analysis, settings, add);
}

// `tls.DEFAULT_MIN_VERSION = 'TLSv1.3'`
function moduleWrites(analysis: Analysis, declaration: ts.Node, add: Add): void {
  const settings = writesOf(analysis, declaration).flatMap((target): Setting[] => {
    const write = wrapped(target).parent;
    return ts.isBinaryExpression(write) ? [{ write, target: target.getText() }] : [];
  });
  changedSettings(analysis, settings, add);
}

/** A write that changes a setting of the platform. */
interface Setting {
  readonly write: ts.BinaryExpression;
  readonly target: string;
}

/**
 * Adds the settings that a call changes for all later ones: module code and hooks may set them, and a call that sets them back.
 * Those of the process are left to no-process-control.
 */
function changedSettings(analysis: Analysis, settings: readonly Setting[], add: Add): void {
  const later = settings.filter(
    ({ write }) =>
      happensLater(analysis, write, undefined) &&
      !/(^|\.)Process\.\w+$/.test(platformCallee(analysis, bare(write.left)) ?? ''),
  );
  for (const { write, target } of later) {
    const isSetBack = later.some(
      (other) => other.write !== write && other.write.left.getText() === write.left.getText(),
    );
    if (!isSetBack) add(write, target, true);
  }
}

// `Error.stackTraceLimit = 50` changes a setting; replacing or adding a method changes the platform.
function isSetting(analysis: Analysis, write: ts.Node): write is ts.BinaryExpression {
  if (!ts.isBinaryExpression(write)) return false;
  const target = bare(write.left);
  if (!ts.isPropertyAccessExpression(target)) return false;
  const [property] = analysis.references.declarationsOf(target.name);
  if (!property || !isOfPlatform(analysis, property)) return false;
  return analysis.checker.getTypeAtLocation(target).getCallSignatures().length === 0;
}

function addCall(use: Use, add: Add): void {
  const value = valueAt(use);
  const parent = value && wrapped(value).parent;
  if (parent && ts.isCallExpression(parent)) add(parent, 'process.env');
}

// Returns the stores that are entered at module level: they apply to everything that the thread does from then on.
function storesEntered(analysis: Analysis): ts.CallExpression[] {
  return analysis.nodes
    .of<ts.CallExpression>(ts.SyntaxKind.CallExpression)
    .filter(
      (call) =>
        enclosingFunction(call) === undefined &&
        platformCallee(analysis, call.expression)?.endsWith('AsyncLocalStorage.enterWith'),
    );
}

// Returns writes such as `forge = …` after `declare global { var forge: Forge }`.
function ambientWrites(analysis: Analysis): ts.Expression[] {
  return analysis.files
    .flatMap((file) => analysis.memory.recall('ambient variables', file, () => ambientVariables(file)))
    .flatMap((variable) => analysis.references.usesOf(variable))
    .filter((use): use is ts.Identifier => ts.isIdentifier(use) && isWritten(use));
}

function ambientVariables(file: ts.SourceFile): ts.VariableDeclaration[] {
  const found: ts.VariableDeclaration[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && isAmbient(node)) found.push(node);
    if (ts.isStatement(node) || ts.isModuleBlock(node) || ts.isVariableDeclarationList(node))
      ts.forEachChild(node, visit);
  };
  ts.forEachChild(file, visit);
  return found;
}
