import { ts, type SourceFile } from 'ts-morph';
import type { PluginSources } from '../../rule.js';
import { resolveAlias } from './expressions.js';
import { hasModifier } from './syntax.js';

/** A function or class at module level whose name, declared or exported, starts with the live prefix. */
export interface LiveSymbol {
  readonly kind: 'function' | 'type';
  readonly name: string;
  readonly symbol: ts.Symbol;
  readonly declaration: LiveDeclaration;
  /** `undefined` when its module does not export it under a live name. */
  readonly exportName: string | undefined;
}

/** How functions and classes are declared. */
export type LiveDeclaration =
  | ts.FunctionDeclaration
  | ts.ClassDeclaration
  | ts.VariableDeclaration
  | ts.BindingElement;

/** The live functions and live types of a plugin, those that are declared but not exported included; by file, then by place. */
export function liveSymbols(plugin: PluginSources): LiveSymbol[] {
  const prefix = plugin.livePrefix.toLowerCase();
  return plugin.files
    .filter((file) => !file.isDeclarationFile() && file.getFullText().toLowerCase().includes(prefix))
    .flatMap((file) => liveSymbolsOf(file, prefix, plugin.project.getTypeChecker().compilerObject));
}

function liveSymbolsOf(file: SourceFile, prefix: string, checker: ts.TypeChecker): LiveSymbol[] {
  const isLive = (name: string) => name.toLowerCase().startsWith(prefix);
  const exported = exportsOf(file, checker).map((symbol) => ({
    name: symbol.name,
    target: resolveAlias(symbol, checker),
  }));
  return file.compilerNode.statements.flatMap(declarationsOf).flatMap((declaration): LiveSymbol[] => {
    const name = declaration.name && ts.isIdentifier(declaration.name) ? declaration.name : undefined;
    const symbol = name && checker.getSymbolAtLocation(name);
    const own = symbol && checker.getExportSymbolOfSymbol(symbol);
    const names = exported.filter(({ target }) => target === own).map((entry) => entry.name);
    if (!own || ![name.text, ...names].some(isLive)) return [];
    const kind = kindOf(declaration, own, checker);
    if (!kind) return [];
    const base = { kind, symbol: own, declaration };
    const live = names.flatMap((exportName) => {
      const liveName = exportName === 'default' ? name.text : exportName;
      return isLive(liveName) ? [{ ...base, name: liveName, exportName }] : [];
    });
    return live.length > 0 || !isLive(name.text)
      ? live
      : [{ ...base, name: name.text, exportName: undefined }];
  });
}

/** What a file exports as values. */
function exportsOf(file: SourceFile, checker: ts.TypeChecker): ts.Symbol[] {
  const module = checker.getSymbolAtLocation(file.compilerNode);
  return (module ? checker.getExportsOfModule(module) : []).filter(
    (symbol) => !symbol.declarations?.some(ts.isTypeOnlyExportDeclaration),
  );
}

/**
 * Exports that give a live name to what is declared in another file under another one: live symbols are found where they
 * are declared, so these are not.
 */
export function strayExports(plugin: PluginSources, live: readonly LiveSymbol[]): ts.ExportSpecifier[] {
  const checker = plugin.project.getTypeChecker().compilerObject;
  const prefix = plugin.livePrefix.toLowerCase();
  return plugin.files
    .flatMap((file) => file.compilerNode.statements)
    .flatMap((statement) => (ts.isExportDeclaration(statement) ? (statement.exportClause ?? []) : []))
    .flatMap((clause) => (ts.isNamedExports(clause) ? [...clause.elements] : []))
    .filter((element) => {
      const { text } = element.name;
      if (!text.toLowerCase().startsWith(prefix) || ts.isTypeOnlyExportDeclaration(element)) return false;
      const symbol = checker.getSymbolAtLocation(element.name);
      const target = symbol && resolveAlias(symbol, checker);
      const isCallable = target && target.flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Class);
      return isCallable && !live.some((known) => known.symbol === target && known.name === text);
    });
}

function declarationsOf(statement: ts.Statement): LiveDeclaration[] {
  if (hasModifier(statement, ts.SyntaxKind.DeclareKeyword)) return [];
  if (ts.isFunctionDeclaration(statement)) return statement.body ? [statement] : [];
  if (ts.isClassDeclaration(statement)) return [statement];
  return ts.isVariableStatement(statement) ? statement.declarationList.declarations.flatMap(variablesIn) : [];
}

function variablesIn(declaration: ts.VariableDeclaration | ts.BindingElement): LiveDeclaration[] {
  if (ts.isIdentifier(declaration.name)) return [declaration];
  return declaration.name.elements.flatMap((element) =>
    ts.isOmittedExpression(element) ? [] : variablesIn(element),
  );
}

function kindOf(
  declaration: LiveDeclaration,
  symbol: ts.Symbol,
  checker: ts.TypeChecker,
): LiveSymbol['kind'] | undefined {
  if (ts.isFunctionDeclaration(declaration)) return 'function';
  if (ts.isClassDeclaration(declaration)) return 'type';
  const type = checker.getTypeOfSymbol(symbol);
  if (type.getConstructSignatures().length > 0) return 'type';
  return type.getCallSignatures().length > 0 ? 'function' : undefined;
}

/** Whether a live function is written as `function*` without `async`: its result could never leave the thread. */
export function isSyncGenerator(declaration: LiveDeclaration): boolean {
  const body = ts.isVariableDeclaration(declaration) ? declaration.initializer : declaration;
  if (!body || !(ts.isFunctionDeclaration(body) || ts.isFunctionExpression(body))) return false;
  return body.asteriskToken !== undefined && !hasModifier(body, ts.SyntaxKind.AsyncKeyword);
}
