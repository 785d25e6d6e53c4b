import { hasLivePrefix } from '../live-prefix.js';
import { ts, type Node, type SourceFile } from 'ts-morph';
import { resolveAlias } from '../rules/analysis/expressions.js';
import { hasModifier } from '../rules/analysis/syntax.js';

/** A function or class at module level whose name, declared or exported, starts with the live prefix. */
export interface DeclaredSymbol {
  readonly kind: 'function' | 'type';
  readonly name: string;
  readonly symbol: ts.Symbol;
  readonly declaration: LiveDeclaration;
  /**
   * Name under which the module exports it: `default`, or another one. `undefined` when it does not export it under a live name.
   */
  readonly exportName: string | undefined;
}

/** A live function or live type that its module exports, as far as the text of the module tells. */
export interface ExportedSymbol extends Omit<DeclaredSymbol, 'symbol'> {
  readonly exportName: string;
  readonly file: SourceFile;
}

/** A live function or live type that its module exports. */
export interface LiveSymbol extends ExportedSymbol {
  readonly symbol: ts.Symbol;
  /** The declaration. */
  readonly node: Node;
}

/** Declarations of functions and classes. */
export type LiveDeclaration =
  | ts.FunctionDeclaration
  | ts.ClassDeclaration
  | ts.VariableDeclaration
  | ts.BindingElement;

/** Returns every live function and live type of a plugin, by file and then by position. */
export function findLiveSymbols(files: readonly SourceFile[], livePrefix: string): LiveSymbol[] {
  return files.flatMap((file) =>
    declaredIn(file, livePrefix).flatMap((declared): LiveSymbol[] => {
      const { exportName, declaration } = declared;
      return exportName === undefined
        ? []
        : [{ ...declared, exportName, file, node: nodeAt(file, declaration) }];
    }),
  );
}

/**
 * Returns the live functions and live types that are exported where they are declared, and whose declarations tell which of both
 * they are: what can be known before there is a program.
 */
export function expectLiveSymbols(files: readonly SourceFile[], livePrefix: string): ExportedSymbol[] {
  return files.flatMap((file) =>
    mayBeLive(file, livePrefix)
      ? file.compilerNode.statements.filter(isExported).flatMap((statement) =>
          declarationsOf(statement).flatMap((declaration): ExportedSymbol[] => {
            const name = declaration.name && ts.isIdentifier(declaration.name) ? declaration.name.text : '';
            const kind = writtenKindOf(declaration);
            if (!kind || !hasLivePrefix(name, livePrefix)) return [];
            const exportName = hasModifier(statement, ts.SyntaxKind.DefaultKeyword) ? 'default' : name;
            return [{ kind, name, declaration, exportName, file }];
          }),
        )
      : [],
  );
}

/** Works like {@link findLiveSymbols}, and also returns symbols that are declared but not exported. */
export function findDeclaredSymbols(files: readonly SourceFile[], livePrefix: string): DeclaredSymbol[] {
  return files.flatMap((file) => declaredIn(file, livePrefix));
}

function declaredIn(file: SourceFile, livePrefix: string): DeclaredSymbol[] {
  return mayBeLive(file, livePrefix)
    ? liveSymbolsOf(file, livePrefix, file.getProject().getTypeChecker().compilerObject)
    : [];
}

function mayBeLive(file: SourceFile, livePrefix: string): boolean {
  return !file.isDeclarationFile() && file.getFullText().toLowerCase().includes(livePrefix.toLowerCase());
}

function nodeAt(file: SourceFile, declaration: LiveDeclaration): Node {
  let node: Node | undefined = file.getDescendantAtPos(declaration.getStart());
  while (node && node.compilerNode !== declaration) node = node.getParent();
  return node ?? file;
}

function liveSymbolsOf(file: SourceFile, livePrefix: string, checker: ts.TypeChecker): DeclaredSymbol[] {
  const isLive = (name: string) => hasLivePrefix(name, livePrefix);
  const exported = exportsOf(file, checker).map((symbol) => ({
    name: symbol.name,
    target: resolveAlias(symbol, checker),
  }));
  return file.compilerNode.statements.flatMap(declarationsOf).flatMap((declaration): DeclaredSymbol[] => {
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

/** Returns the values that a file exports. */
function exportsOf(file: SourceFile, checker: ts.TypeChecker): ts.Symbol[] {
  const module = checker.getSymbolAtLocation(file.compilerNode);
  return (module ? checker.getExportsOfModule(module) : []).filter(
    (symbol) => !symbol.declarations?.some(ts.isTypeOnlyExportDeclaration),
  );
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
): DeclaredSymbol['kind'] | undefined {
  const written = writtenKindOf(declaration);
  if (written) return written;
  const type = checker.getTypeOfSymbol(symbol);
  if (type.getConstructSignatures().length > 0) return 'type';
  return type.getCallSignatures().length > 0 ? 'function' : undefined;
}

/** Returns what a declaration is, if that can be seen without types. */
function writtenKindOf(declaration: LiveDeclaration): DeclaredSymbol['kind'] | undefined {
  if (ts.isFunctionDeclaration(declaration)) return 'function';
  if (ts.isClassDeclaration(declaration)) return 'type';
  const value =
    ts.isVariableDeclaration(declaration) && !declaration.type ? declaration.initializer : undefined;
  if (!value) return undefined;
  if (ts.isArrowFunction(value) || ts.isFunctionExpression(value)) return 'function';
  return ts.isClassExpression(value) ? 'type' : undefined;
}

function isExported(statement: ts.Statement): boolean {
  return hasModifier(statement, ts.SyntaxKind.ExportKeyword);
}

/** Returns whether a live function is a `function*` without `async`, whose result could never leave the thread. */
export function isSyncGenerator(declaration: LiveDeclaration): boolean {
  const body = ts.isVariableDeclaration(declaration) ? declaration.initializer : declaration;
  if (!body || !(ts.isFunctionDeclaration(body) || ts.isFunctionExpression(body))) return false;
  return body.asteriskToken !== undefined && !hasModifier(body, ts.SyntaxKind.AsyncKeyword);
}
