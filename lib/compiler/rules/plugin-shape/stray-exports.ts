import { hasLivePrefix } from '../../live-prefix.js';
import { ts } from 'ts-morph';
import type { DeclaredSymbol } from '../../collect/live-symbols.js';
import type { PluginSources } from '../../rule.js';
import { resolveAlias } from '../analysis/expressions.js';
import { hasModifier } from '../analysis/syntax.js';

/** A live name that a file exports for what another file declares. */
export interface StrayExport {
  readonly name: string;
  readonly node: ts.ExportSpecifier | ts.ExportDeclaration;
}

/**
 * Returns exports that give a live name to a symbol that is not live under it: another file of the plugin declares it under another
 * name, or a file that is not of the plugin does. Live symbols are found where they are declared.
 */
export function strayExports(plugin: PluginSources, live: readonly DeclaredSymbol[]): StrayExport[] {
  const checker = plugin.project.getTypeChecker().compilerObject;
  return plugin.files
    .flatMap((file) => file.compilerNode.statements.filter(ts.isExportDeclaration))
    .flatMap((statement) => exportsBy(statement, checker))
    .filter(({ name, node, symbol }) => {
      if (!hasLivePrefix(name, plugin.livePrefix) || ts.isTypeOnlyExportDeclaration(node)) return false;
      const target = resolveAlias(symbol, checker);
      return (
        isCallable(target, node, checker) &&
        !live.some((known) => known.symbol === target && known.name === name)
      );
    });
}

/** Returns what a statement exports, with `export *` by the names of its module. */
function exportsBy(
  statement: ts.ExportDeclaration,
  checker: ts.TypeChecker,
): (StrayExport & { readonly symbol: ts.Symbol })[] {
  const { exportClause: clause, moduleSpecifier } = statement;
  if (clause) {
    return (ts.isNamedExports(clause) ? [...clause.elements] : []).flatMap((node) => {
      const symbol = checker.getSymbolAtLocation(node.name);
      return symbol ? [{ name: node.name.text, node, symbol }] : [];
    });
  }
  const module = moduleSpecifier && checker.getSymbolAtLocation(moduleSpecifier);
  return (module ? checker.getExportsOfModule(module) : []).map((symbol) => ({
    name: symbol.name,
    node: statement,
    symbol,
  }));
}

function isCallable(symbol: ts.Symbol, node: ts.Node, checker: ts.TypeChecker): boolean {
  if (!(symbol.flags & ts.SymbolFlags.Value)) return false;
  const type = checker.getTypeOfSymbolAtLocation(symbol, node);
  return type.getCallSignatures().length > 0 || type.getConstructSignatures().length > 0;
}

/** An exported constant with a live name whose type does not say whether it is a function. */
export interface UncertainValue {
  readonly name: ts.Identifier;
  /** Text of the type, as printed by the checker. */
  readonly type: string;
}

export function uncertainValues(plugin: PluginSources): UncertainValue[] {
  const checker = plugin.project.getTypeChecker().compilerObject;
  return plugin.files
    .flatMap((file) => file.compilerNode.statements)
    .filter((statement) => ts.isVariableStatement(statement))
    .filter((statement) => hasModifier(statement, ts.SyntaxKind.ExportKeyword))
    .flatMap((statement) => statement.declarationList.declarations)
    .flatMap(({ name }): UncertainValue[] => {
      if (!ts.isIdentifier(name) || !hasLivePrefix(name.text, plugin.livePrefix)) return [];
      const type = checker.getTypeAtLocation(name);
      return isUncertain(type) ? [{ name, type: checker.typeToString(type) }] : [];
    });
}

function isUncertain(type: ts.Type): boolean {
  if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return true;
  return (
    type.isUnion() &&
    type.types.some((part) => part.getCallSignatures().length > 0) &&
    type.getCallSignatures().length === 0
  );
}
